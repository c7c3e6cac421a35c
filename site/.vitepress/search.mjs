// Corrects the roles and names of the search of VitePress 1.6, which nest links in options and a text field in a button.

/** By component: texts of its template, and what replaces each of them. */
const CORRECTIONS = {
  'VPNavBarSearchButton.vue': [
    ['class="DocSearch-Button-Keys"', 'class="DocSearch-Button-Keys" aria-hidden="true"'],
    // The style sheet shows the letter, so that it is no part of the name of the button.
    ['<kbd class="DocSearch-Button-Key">K</kbd>', '<kbd class="DocSearch-Button-Key letter-k"></kbd>'],
  ],
  'VPLocalSearchBox.vue': [
    ['role="button"', 'role="dialog" aria-modal="true"'],
    [`:aria-owns="results?.length ? 'localsearch-list' : undefined"`, ''],
    ['aria-expanded="true"', ''],
    ['aria-haspopup="listbox"', ''],
    [`:aria-activedescendant="selectedIndex > -1 ? ('localsearch-item-' + selectedIndex) : undefined"`, ''],
    ['aria-autocomplete="both"', ''],
    [`:role="results?.length ? 'listbox' : undefined"`, ''],
    [`:aria-selected="selectedIndex === index ? 'true' : 'false'"`, ''],
    ['role="option"', ''],
    [`:aria-label="[...p.titles, p.title].join(' > ')"`, ''],
    ['<kbd :aria-label', '<kbd role="img" :aria-label'],
  ],
};

/** A plugin for Vite. The build fails if a component no longer contains what is to be replaced. */
export const accessibleSearch = () => ({
  name: 'accessible-search',
  enforce: 'pre',
  transform(code, id) {
    const component = Object.keys(CORRECTIONS).find((name) => id.endsWith(`/${name}`));
    return CORRECTIONS[component]?.reduce((text, [found, replacement]) => {
      if (!text.includes(found)) throw new Error(`${id} does not contain ${found}: adapt site/.vitepress/search.mjs`);
      return text.replaceAll(found, replacement);
    }, code);
  },
});
