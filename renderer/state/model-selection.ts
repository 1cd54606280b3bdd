// The row chosen on Models: an artifact's, a conversion's, or a model without either. Kept while other screens are shown.
import { create } from 'zustand'

export const useModelSelection = create<{ readonly rowKey: string | null }>(() => ({ rowKey: null }))

export function chooseRow(rowKey: string | null): void {
  useModelSelection.setState({ rowKey })
}
