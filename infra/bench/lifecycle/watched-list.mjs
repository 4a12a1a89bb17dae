const waitMs = 60_000;

/**
 * A paged list that is looked at again and again for everybody who waits for something in it, as the page of an office is;
 * nobody waits: nobody looks.
 */
export class WatchedList {
  everyMs = 100;
  #waiting = new Map();
  #looking = false;

  /** `page`: asks for the page of a token; `entriesOf`: its entries by their key. */
  constructor(page, entriesOf) {
    this.page = page;
    this.entriesOf = entriesOf;
  }

  /** The entry of this key, as soon as it is there and `accepts` says yes. @throws when it does not come within a minute */
  find(key, what, accepts = () => true) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#settle(key, reject, new Error(`${what} did not come`)), waitMs);
      this.#waiting.set(key, { accepts, resolve, reject, timer });
      if (!this.#looking) void this.#look();
    });
  }

  #settle(key, settle, value) {
    clearTimeout(this.#waiting.get(key)?.timer);
    this.#waiting.delete(key);
    settle(value);
  }

  async #look() {
    this.#looking = true;
    try {
      while (this.#waiting.size > 0) {
        const begun = performance.now();
        await this.#lookOnce();
        const left = this.everyMs - (performance.now() - begun);
        if (this.#waiting.size > 0) await new Promise((resolve) => setTimeout(resolve, Math.max(left, 0)));
      }
    } catch (error) {
      for (const [key, { reject }] of this.#waiting) this.#settle(key, reject, error);
    } finally {
      this.#looking = false;
    }
  }

  async #lookOnce() {
    for (let pageToken = ''; ;) {
      const page = await this.page(pageToken);
      for (const [key, entry] of this.entriesOf(page)) {
        const waiter = this.#waiting.get(key);
        if (waiter?.accepts(entry)) this.#settle(key, waiter.resolve, entry);
      }
      pageToken = page.nextPageToken;
      if (pageToken === '' || this.#waiting.size === 0) return;
    }
  }
}
