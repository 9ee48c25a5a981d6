/** An item's neighbours in the one `LinkedList` that it may stand in; both null when it stands in none. */
export interface Linked<T> {
  queueBefore: T | null;
  queueAfter: T | null;
}

/**
 * A doubly linked list whose links are fields of its items, so that no step allocates and an item leaves from the
 * middle in constant time. Nothing is checked: an item is pushed only when it is in no list, and removed only from
 * the list that it is in.
 */
export class LinkedList<T extends Linked<T>> {
  head: T | null = null;
  tail: T | null = null;

  push(item: T): void {
    item.queueBefore = this.tail;
    if (this.tail === null) this.head = item;
    else this.tail.queueAfter = item;
    this.tail = item;
  }

  remove(item: T): void {
    const { queueBefore: before, queueAfter: after } = item;
    if (before === null) this.head = after;
    else before.queueAfter = after;
    if (after === null) this.tail = before;
    else after.queueBefore = before;
    item.queueBefore = null;
    item.queueAfter = null;
  }
}
