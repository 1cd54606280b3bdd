// The width a chart may take: that of the box it is in, in whole pixels, as the window is resized.
import { useElementSize } from '@mantine/hooks'

export function useChartWidth(fallback: number) {
  const { ref, width } = useElementSize<HTMLDivElement>()
  return { ref, width: width > 0 ? Math.floor(width) : fallback }
}
