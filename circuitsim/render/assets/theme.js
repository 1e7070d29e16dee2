// Light, dark, or as the system says; on paper always light.

const THEMES = ['auto', 'light', 'dark'];

function makeTheme(painter) {
  const root = document.documentElement, button = byId('theme');
  let theme = 'auto';

  function choose(next) {
    theme = next;
    root.dataset.theme = theme;
    button.textContent = { auto: '◐ Auto', light: '☀ Light', dark: '☾ Dark' }[theme];
    button.setAttribute('aria-label', `Theme: ${theme === 'auto' ? 'as the system' : theme}. Change`);
    painter.readInks();
  }

  const next = () => choose(THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length]);
  button.addEventListener('click', next);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => painter.readInks());
  addEventListener('beforeprint', () => { root.dataset.theme = 'light'; painter.readInks(); painter.paint(); });
  addEventListener('afterprint', () => choose(theme));
  choose(theme);
  return { next };
}
