"""Staff's pages in the browser: rendered here, without a script."""
