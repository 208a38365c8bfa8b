// Nothing is called by its name: the library takes the place of functions of the C library, where it is preloaded.
