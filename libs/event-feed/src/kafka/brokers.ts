/** Addresses `host:port`, as a list or separated by commas. */
export type Brokers = string | readonly string[];

export const brokerList = (brokers: Brokers): string[] =>
  (typeof brokers === 'string' ? brokers.split(',') : [...brokers])
    .map((b) => b.trim())
    .filter((b) => b !== '');
