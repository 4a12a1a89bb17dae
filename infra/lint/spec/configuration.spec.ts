import { serviceNames, settingsOf, textOf } from './settings';

/** Rows `| NAME | default | meaning |` of the reference, by name. */
const rows = new Map(
  (textOf('docs/reference/configuration.md').split('## Tools')[0] ?? '')
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')))
    .filter((cells) => cells.length >= 5 && /^[A-Z][A-Z0-9_]+$/.test(cells[1] ?? ''))
    .map((cells) => [cells[1] ?? '', { fallback: cells[2] ?? '', meaning: cells[3] ?? '' }]),
);
const settings = new Map(serviceNames.flatMap(settingsOf).map((setting) => [setting.name, setting]));

describe('docs/reference/configuration.md', () => {
  it('explains every setting that a service reads', () => {
    expect([...settings.keys()].filter((name) => (rows.get(name)?.meaning ?? '') === '')).toEqual([]);
  });

  it('says the default that the code has', () => {
    const expected = [...settings.values()].map(({ name, required, fallback }) => [
      name,
      required ? 'required' : (fallback ?? '–'),
    ]);
    expect([...settings.keys()].map((name) => [name, rows.get(name)?.fallback])).toEqual(expected);
  });
});
