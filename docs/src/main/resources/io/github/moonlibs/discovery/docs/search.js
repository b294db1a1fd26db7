// The search. The index is a list of [page, heading, address, text]; it is loaded when somebody begins to search.

const box = document.getElementById('search');
const input = box.querySelector('input');
const results = document.getElementById('results');
const most = 12;
let index;

function load() {
  if (!index && !document.querySelector('script[src="search-index.js"]')) {
    const script = document.createElement('script');
    script.src = 'search-index.js';
    script.onload = () => {
      index = window.searchIndex.map(([page, heading, address, text]) =>
        ({ page, heading, address, text, lower: [heading, page, text].map(part => part.toLowerCase()) }));
      show();
    };
    document.head.append(script);
  }
}

// every word has to be there; it counts most where a heading begins with it
function score(entry, words) {
  let sum = 0;
  for (const word of words) {
    const [heading, page, text] = entry.lower.map(part => {
      const at = part.indexOf(word);
      return at < 0 ? 0 : at === 0 ? 3 : / |\(|`|-|\.|_/.test(part[at - 1]) ? 2 : 1;
    });
    const here = 20 * heading + 6 * page + text;
    if (here === 0) {
      return 0;
    }
    sum += here;
  }
  // of two that have the same words, the shorter heading is nearer
  return sum + 1 / (1 + entry.heading.length);
}

function found() {
  const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!index || words.length === 0) {
    return [];
  }
  return index.map(entry => ({ entry, words, score: score(entry, words) }))
    .filter(one => one.score > 0)
    .sort((one, other) => other.score - one.score)
    .slice(0, most);
}

// the text around the first word, with all words marked
function excerpt(text, words) {
  const line = document.createElement('span');
  const lower = text.toLowerCase();
  const first = Math.min(...words.map(word => lower.indexOf(word)).filter(at => at >= 0));
  const from = Number.isFinite(first) ? Math.max(0, text.lastIndexOf(' ', first - 30) + 1) : 0;
  const to = text.length > from + 120 ? text.lastIndexOf(' ', from + 120) : text.length;
  const part = text.slice(from, to) + (to < text.length ? ' …' : '');
  let at = 0;
  while (at < part.length) {
    const next = words.map(word => [part.toLowerCase().indexOf(word, at), word.length]).filter(([place]) => place >= 0)
      .sort(([one], [other]) => one - other)[0];
    const [place, length] = next ?? [part.length, 0];
    line.append(part.slice(at, place));
    if (length > 0) {
      const mark = document.createElement('mark');
      mark.textContent = part.slice(place, place + length);
      line.append(mark);
    }
    at = place + length;
  }
  return line;
}

function item({ entry, words }, number) {
  const option = document.createElement('li');
  option.id = 'result-' + number;
  option.role = 'option';
  const link = document.createElement('a');
  link.href = entry.address;
  link.tabIndex = -1;
  const title = document.createElement('b');
  title.textContent = entry.heading === entry.page ? entry.page : entry.heading;
  const where = document.createElement('i');
  where.textContent = entry.heading === entry.page ? '' : entry.page;
  link.append(title, ' ', where, excerpt(entry.text, words));
  option.append(link);
  return option;
}

function show() {
  const items = found().map(item);
  const searching = input.value.trim() !== '' && document.activeElement === input;
  if (searching && index && items.length === 0) {
    const none = document.createElement('li');
    none.textContent = 'Nothing has all of these words.';
    items.push(none);
  }
  results.replaceChildren(...items);
  results.hidden = !searching || items.length === 0;
  input.setAttribute('aria-expanded', !results.hidden);
  choose(0);
}

function options() {
  return [...results.querySelectorAll('[role=option]')];
}

function chosen() {
  return options().findIndex(option => option.getAttribute('aria-selected') === 'true');
}

function choose(number) {
  options().forEach((option, place) => option.setAttribute('aria-selected', place === number));
  const option = options()[number];
  if (option) {
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  } else {
    input.removeAttribute('aria-activedescendant');
  }
}

function close() {
  results.hidden = true;
  input.setAttribute('aria-expanded', false);
}

input.addEventListener('focus', () => { load(); show(); });
input.addEventListener('input', show);
box.addEventListener('focusout', event => box.contains(event.relatedTarget) || close());
results.addEventListener('mousedown', event => event.preventDefault()); // the focus stays, so that a click arrives
results.addEventListener('click', close);
input.addEventListener('keydown', event => {
  const count = options().length;
  if (event.key === 'ArrowDown' && count > 0) {
    choose((chosen() + 1) % count);
  } else if (event.key === 'ArrowUp' && count > 0) {
    choose((chosen() + count - 1) % count);
  } else if (event.key === 'Enter' && count > 0) {
    options()[chosen()].querySelector('a').click();
    input.blur();
  } else if (event.key === 'Escape') {
    input.value = '';
    input.blur();
  } else {
    return;
  }
  event.preventDefault();
});
document.addEventListener('keydown', event => {
  const typing = /^(input|textarea|select)$/i.test(document.activeElement?.tagName);
  if (event.key === '/' && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) {
    event.preventDefault();
    input.focus();
  }
});
