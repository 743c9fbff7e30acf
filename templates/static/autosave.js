// Saves a form each time an answer changes. Without this script the form's own button saves the same fields.
//   <form data-autosave="/address"> … {{> partials/saved}} …
// The server gets the whole form, urlencoded, by POST; any 2xx counts as saved. Saves never overlap: what changes
// while one is under way goes with the next, so the last state always wins. What was not saved when the page is left
// is sent once more on the way out.
// Where each item of the form says what the server had of it (data-was="filled|empty") and partials/progress got a `pattern`,
// the progress line tells after each save how many are answered: those on other pages, and those filled here.

for (const form of document.querySelectorAll('form[data-autosave]')) keepSaved(form)

function keepSaved(form) {
  const status = form.querySelector('[data-saved]') ?? document.querySelector('[data-saved]')
  const retryMilliseconds = [2000, 5000, 15000, 30000]
  let changed = false
  let saving = false
  let failures = 0
  let timer
  const showAnswered = progressOf(form)

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
    const filled = countFilled(form)
    const { saved, help } = await send(form)
    saving = false
    if (saved) {
      showHelp(form, help)
      failures = 0
      showAnswered(filled)
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
    const isPage = response.headers.get('content-type')?.startsWith('text/html')
    return { saved: response.ok, help: response.ok && isPage ? await response.text() : '' }
  } catch {
    return { saved: false, help: '' }
  }
}

// Where the server answers a save with a piece of the page (help lines), it is shown at once and stays.
function showHelp(form, help) {
  const place = form.querySelector('[data-help]')
  if (!help || !place || place.firstChild || document.querySelector('.help-lines')) return
  place.innerHTML = help
  place.scrollIntoView({ block: 'nearest' })
}

function progressOf(form) {
  const bar = document.querySelector('.progress progress')
  const words = document.querySelector('.progress-words[data-pattern]')
  if (!bar || !words) return () => {}
  const elsewhere = bar.value - form.querySelectorAll('[data-was="filled"]').length
  return (filled) => {
    bar.value = elsewhere + filled
    words.textContent = words.dataset.pattern.replace('{answered}', String(elsewhere + filled))
  }
}

function countFilled(form) {
  const isFilled = (field) => (field.type === 'radio' || field.type === 'checkbox' ? field.checked : field.value.trim() !== '')
  return [...form.querySelectorAll('[data-was]')].filter((item) => [...item.querySelectorAll('input, textarea')].filter((field) => !('words' in field.dataset)).some(isFilled)).length
}

function fields(form) {
  return new URLSearchParams([...new FormData(form)].filter(([, value]) => typeof value === 'string'))
}

function say(status, text) {
  if (!status || !text) return
  // The same words twice in a row would not be read out again, and need not be.
  if (status.textContent !== text) status.textContent = text
}
