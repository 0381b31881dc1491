// A switched tag shows at once; without this script the button under the tags does it.
for (const tag of document.querySelectorAll('.switches input[type=checkbox]')) {
  tag.addEventListener('change', () => tag.form.requestSubmit());
}
const button = document.querySelector('.switches button');
if (button) {
  button.hidden = true;
}
