// What is typed in a form of the desk is kept with its page in the history of this tab, so that Back, Forward and a
// reload show it again: also what was chosen in the boxes for States and sources, and new rows, which a browser forgets.
// The key of the form and the version it was opened on come back as well, so that nothing is saved twice or over others.
'use strict';
{
  const NEVER = ['password', 'file', 'submit', 'button', 'image', 'reset'];
  const form = document.querySelector('body.change-form #content-main > form');
  const fields = () => [...form.elements].filter((field) =>
    field.name && field.name !== 'csrfmiddlewaretoken' && !field.name.includes('__prefix__') && !NEVER.includes(field.type));

  const valueOf = (field) => {
    if (field.type === 'checkbox' || field.type === 'radio') return field.checked;
    if (field.tagName === 'SELECT') return [...field.selectedOptions].map((option) => [option.value, option.text]);
    return field.value;
  };
  const typed = () => fields().map((field) => [field.name, valueOf(field)]);

  const put = (field, value) => {
    if (field.type === 'checkbox' || field.type === 'radio') {
      field.checked = value;
    } else if (field.tagName === 'SELECT') {
      for (const [key, words] of value) {
        if (![...field.options].some((option) => option.value === key)) field.add(new Option(words, key));
      }
      for (const option of field.options) option.selected = value.some(([key]) => key === option.value);
      django.jQuery(field).trigger('change');
    } else {
      field.value = value;
    }
  };

  const addRows = (name, count) => {
    const more = document.querySelector(`#${CSS.escape(name.replace(/-TOTAL_FORMS$/, ''))}-group .add-row a`);
    const total = form.elements[name];
    for (let left = count - total.value; more && left > 0; left -= 1) more.click();
  };

  const giveBack = (kept) => {
    for (const [name, value] of kept) if (name.endsWith('-TOTAL_FORMS') && form.elements[name]) addRows(name, value);
    const left = [...kept];
    for (const field of fields()) {
      const at = left.findIndex(([name]) => name === field.name);
      if (at >= 0) put(field, left.splice(at, 1)[0][1]);
    }
    const note = document.createElement('p');
    note.className = 'desk-back';
    note.setAttribute('role', 'status');
    note.append('What you had typed here is shown again, and is not saved by that. ');
    const fresh = document.createElement('a');
    fresh.href = location.href;
    fresh.append('Show the form without it');
    fresh.addEventListener('click', (event) => {
      event.preventDefault();
      event.stopPropagation(); // or it would be kept once more
      form.autocomplete = 'off'; // nor by the browser itself
      history.replaceState(null, '');
      location.reload();
    });
    note.append(fresh);
    form.before(note);
  };

  const start = () => {
    const kept = history.state?.typed;
    const asShown = JSON.stringify(typed());
    if (kept) giveBack(kept);
    const keep = () => {
      const now = typed();
      history.replaceState(JSON.stringify(now) === asShown ? null : { typed: now }, '');
    };
    django.jQuery(form).on('change input', keep);
    for (const moment of ['click', 'submit', 'formset:added', 'formset:removed']) document.addEventListener(moment, keep);
  };
  // After what Django's own scripts do when the page is ready: they add the links that add rows.
  if (form) window.addEventListener('load', () => django.jQuery(start));

  // The field that a link of the summary of errors leads to, where a box stands in its place.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('.desk-wrong a[href^="#"]');
    const box = link && document.getElementById(link.hash.slice(1))?.nextElementSibling?.querySelector('.select2-selection');
    if (box) {
      event.preventDefault();
      box.focus();
    }
  });
}
