/** The state of the page, and who follows it. */

/**
 * @template State, Event
 */
export class Store {
  #reduce;
  #followers = /** @type {((state: State, before: State) => void)[]} */ ([]);

  /**
   * @param {(state: State, event: Event) => State} reduce returns the same object when nothing changes
   * @param {State} initial
   */
  constructor(reduce, initial) {
    this.#reduce = reduce;
    this.state = initial;
  }

  /** @param {Event} event */
  dispatch(event) {
    const before = this.state;
    this.state = this.#reduce(before, event);
    if (this.state === before) return;
    for (const follow of this.#followers) follow(this.state, before);
  }

  /** @param {(state: State, before: State) => void} follower called after each change, in the order of following */
  follow(follower) {
    this.#followers.push(follower);
  }
}
