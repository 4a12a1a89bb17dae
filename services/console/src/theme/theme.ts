import { type MantineColorsTuple, createTheme } from '@mantine/core';

const teal: MantineColorsTuple = [
  '#e9f4f3',
  '#d3e8e6',
  '#a9d2ce',
  '#7ab9b4',
  '#4fa19b',
  '#2f8a84',
  '#1c7772',
  '#0f6560',
  '#0a5350',
  '#06403e',
];
const sand: MantineColorsTuple = [
  '#fcfaf6',
  '#f7f2e9',
  '#ece3d3',
  '#dfd0b6',
  '#cfb992',
  '#bf9f6b',
  '#a3824c',
  '#806438',
  '#5f4a28',
  '#40321a',
];
const clay: MantineColorsTuple = [
  '#fdf2ea',
  '#fbe3d2',
  '#f4c4a3',
  '#eca472',
  '#e2884b',
  '#d1702f',
  '#b4571b',
  '#94430f',
  '#743409',
  '#562605',
];

/** Deep teal on sand: calm for a whole shift, with enough contrast for tired eyes (all text at least 4.5 : 1). */
export const theme = createTheme({
  primaryColor: 'teal',
  primaryShade: 7,
  colors: { teal, sand, clay },
  fontFamily: "'Noto Sans Arabic Variable', system-ui, sans-serif",
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, monospace',
  headings: { fontFamily: "'Noto Sans Arabic Variable', system-ui, sans-serif", fontWeight: '650' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  black: '#17302f',
  components: {
    TextInput: { defaultProps: { size: 'md' } },
    Textarea: { defaultProps: { size: 'md', autosize: true, minRows: 3, maxRows: 14 } },
    Select: {
      defaultProps: { size: 'md', checkIconPosition: 'right', allowDeselect: false, openOnFocus: false },
    },
    MultiSelect: { defaultProps: { size: 'md' } },
    Button: { defaultProps: { size: 'md' } },
  },
});
