// <button type="button" hidden data-copy="element-id" data-copied-text="…" data-failed-text="…"> copies that element's text.
// The button is hidden without script; the text beside it can be selected by hand.

for (const button of document.querySelectorAll('button[data-copy]')) {
  button.hidden = false
  const status = document.createElement('p')
  status.className = 'saved'
  status.setAttribute('role', 'status')
  button.after(status)
  button.addEventListener('click', async () => {
    const source = document.getElementById(button.dataset.copy)
    try {
      await navigator.clipboard.writeText(source.textContent.trim())
      status.textContent = button.dataset.copiedText
    } catch {
      getSelection().selectAllChildren(source)
      status.textContent = button.dataset.failedText
    }
  })
}
