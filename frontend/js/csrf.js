// A token on a page goes stale when the record is opened again in another tab. Every page of ours
// carries a fresh one in its exit form, so it is fetched from the help page and put in every form.

const FIELD = 'csrfmiddlewaretoken'

/** Puts a fresh token into all forms of this page. Resolves to true if there was one to put. */
export async function refreshToken() {
  const answer = await fetch('/help/', {
    credentials: 'same-origin',
    cache: 'no-store',
    // The page asks by itself: it must not count as somebody being there.
    headers: { 'X-Daybook': 'token' }
  })
  if (!answer.ok) return false
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
  const token = page.querySelector(`form[data-exit] input[name="${FIELD}"]`)?.value
  if (!token) return false
  for (const input of document.querySelectorAll(`input[name="${FIELD}"]`)) input.value = token
  return true
}
