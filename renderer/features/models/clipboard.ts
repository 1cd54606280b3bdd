// Puts text where the user pastes from. The page has no permission to use the clipboard by itself, so it answers a copy
// that the user's own click begins. False where that did not happen.
export function copyText(text: string): boolean {
  let given = false
  const give = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
    given = true
  }
  document.addEventListener('copy', give, { capture: true, once: true })
  try {
    document.execCommand('copy')
  } finally {
    document.removeEventListener('copy', give, { capture: true })
  }
  return given
}
