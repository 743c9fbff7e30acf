// Saves a form each time an answer changes. Without this script the form's own button saves the same fields.
//   <form data-autosave="/address"> … {{> partials/saved}} …
// The server gets the whole form, urlencoded, by POST; any 2xx counts as saved. Saves never overlap: what changes
// while one is under way goes with the next, so the last state always wins. What was not saved when the page is left
// is sent once more on the way out.

for (const form of document.querySelectorAll('form[data-autosave]')) keepSaved(form)

function keepSaved(form) {
  const status = form.querySelector('[data-saved]') ?? document.querySelector('[data-saved]')
  const retryMilliseconds = [2000, 5000, 15000, 30000]
  let changed = false
  let saving = false
  let failures = 0
  let timer

  form.addEventListener('change', () => {
    changed = true
    failures = 0
    save()
  })
  form.addEventListener('submit', () => {
    changed = false
    clearTimeout(timer)
  })
  window.addEventListener('online', () => changed && save())
  window.addEventListener('pagehide', () => {
    if (changed) navigator.sendBeacon(form.dataset.autosave, fields(form))
  })

  async function save() {
    if (saving || !changed) return
    clearTimeout(timer)
    saving = true
    changed = false
    const saved = await send(form)
    saving = false
    if (saved) {
      failures = 0
      if (!changed) say(status, status?.dataset.savedText)
    } else {
      changed = true
      say(status, status?.dataset.failedText)
      timer = setTimeout(save, retryMilliseconds[Math.min(failures, retryMilliseconds.length - 1)])
      failures += 1
      return
    }
    if (changed) save()
  }
}

async function send(form) {
  try {
    const response = await fetch(form.dataset.autosave, {
      method: 'POST',
      body: fields(form),
      headers: { accept: 'application/json' },
      credentials: 'same-origin',
      redirect: 'error',
    })
    return response.ok
  } catch {
    return false
  }
}

function fields(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string'))
}

function say(status, text) {
  if (!status || !text) return
  // The same words twice in a row would not be read out again, and need not be.
  if (status.textContent !== text) status.textContent = text
}
