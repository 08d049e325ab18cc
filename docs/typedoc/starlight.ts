import { createStarlightTypeDocPlugin } from 'starlight-typedoc';
import { references, typedocOptions } from './references.ts';

/** Write the pages of the references, whenever the site is built, checked or started. */
export const referencePlugins = references.map((reference) => {
  const [plugin] = createStarlightTypeDocPlugin();
  return plugin(typedocOptions(reference));
});

/** A group for each reference, in which a page is called by its title. */
export const referenceSidebar = references.map(({ title, output, files }) => ({
  label: title,
  collapsed: true,
  items: [output, ...files.map((file) => file.replace(/^service\//, `${output}/`).replace(/\.ts$/, ''))],
}));
