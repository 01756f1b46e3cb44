/** Loads, and never says that it did. */
setInterval(() => undefined, 1000)
