// the menu of a small screen, the contents of a page, and regions that the keyboard can scroll

const menu = document.getElementById('menu');

function showMenu(shown) {
  menu.setAttribute('aria-expanded', shown);
  document.body.classList.toggle('menu', shown);
}

menu.addEventListener('click', () => showMenu(menu.getAttribute('aria-expanded') !== 'true'));
document.addEventListener('keydown', event => {
  if (event.key === 'Escape' && document.body.classList.contains('menu')) {
    showMenu(false);
    menu.focus();
  }
});

// the current page is in sight, however long the list
document.querySelector('#pages [aria-current]')?.scrollIntoView({ block: 'nearest' });

const contents = document.querySelector('.contents');
const wide = matchMedia('(min-width: 80rem)');

function fit() {
  if (contents) {
    contents.open = wide.matches;
  }
  for (const region of document.querySelectorAll('pre, .table, p:has(> img)')) {
    if (region.scrollWidth > region.clientWidth) {
      region.tabIndex = 0;
    } else {
      region.removeAttribute('tabindex');
    }
  }
}

fit();
addEventListener('resize', fit);
