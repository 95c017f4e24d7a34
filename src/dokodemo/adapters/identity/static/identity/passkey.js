// Passkeys need a script: without it their buttons stay hidden, and a refusal is said aloud instead of to the console.
document.addEventListener('DOMContentLoaded', () => {
  if (window.PublicKeyCredential) {
    document.querySelectorAll('[data-needs-script]').forEach((element) => { element.hidden = false })
  }
})
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const notice = document.getElementById('passkey-failed')
  if (notice) {
    notice.hidden = false
    notice.scrollIntoView({ block: 'center' })
  }
})
