// <div data-progress="/address"> around partials/progress: asks for {"value","max","words"} and shows it, until "done" is true.
// With "done" and data-progress-then="/address" the page moves on there.

const everyMilliseconds = 3000
const slowestMilliseconds = 30000

for (const part of document.querySelectorAll('[data-progress]')) follow(part, everyMilliseconds)

function follow(part, wait) {
  setTimeout(async () => {
    if (document.hidden) return follow(part, wait)
    try {
      const response = await fetch(part.dataset.progress, { headers: { accept: 'application/json' }, credentials: 'same-origin' })
      if (!response.ok) throw new Error(String(response.status))
      const state = await response.json()
      show(part, state)
      if (!state.done) follow(part, everyMilliseconds)
      else if (part.dataset.progressThen) location.assign(part.dataset.progressThen)
    } catch {
      follow(part, Math.min(wait * 2, slowestMilliseconds))
    }
  }, wait)
}

function show(part, { value, max, words }) {
  const bar = part.querySelector('progress')
  if (bar) Object.assign(bar, { max, value })
  const text = part.querySelector('.progress-words')
  if (text && words !== undefined && text.textContent !== words) text.textContent = words
}
