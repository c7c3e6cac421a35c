// Corrects roles and names in components of VitePress 1.6, which nest links in options, and fields and buttons in buttons.

/** By component: texts of its template, and what replaces each of them. */
const CORRECTIONS = {
  'VPSidebarItem.vue': [
    // The caret is a button of its own only beside a link. Otherwise the whole item is the button.
    ['role="button"', `:role="item.link ? 'button' : undefined"`],
    ['aria-label="toggle section"', `:aria-label="item.link ? 'toggle section' : undefined"`],
    ['tabindex="0"', ':tabindex="item.link ? 0 : undefined"'],
  ],
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
export const accessibleComponents = () => ({
  name: 'accessible-components',
  enforce: 'pre',
  transform(code, id) {
    const component = Object.keys(CORRECTIONS).find((name) => id.endsWith(`/${name}`));
    return CORRECTIONS[component]?.reduce((text, [found, replacement]) => {
      if (!text.includes(found))
        throw new Error(`${id} does not contain ${found}: adapt site/.vitepress/accessibility.mjs`);
      return text.replaceAll(found, replacement);
    }, code);
  },
});
