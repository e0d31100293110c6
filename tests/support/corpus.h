/* The files of a folder, whole, in the order of their names. */
#ifndef CORPUS_H
#define CORPUS_H

#include <stddef.h>

#include <sip/base.h>

typedef struct corpus_file {
    char name[64]; /* without its folder and suffix */
    char *bytes;
    size_t len;
} corpus_file;

typedef struct corpus {
    corpus_file *files;
    size_t count;
} corpus;

/* Read a whole file, with a zero behind it; ends the process if it cannot be read. */
corpus_file corpus_read(const char *path);

/* Add the files of `folder` that end in `suffix`, but not hidden ones; ends the process if there is
 * none. */
void corpus_add(corpus *files, const char *folder, const char *suffix);

/* The file of this name, or NULL. */
const corpus_file *corpus_find(const corpus *files, sip_str name);

void corpus_finish(corpus *files);

#endif
