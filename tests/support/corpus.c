#include "support/corpus.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void die(const char *path)
{
    perror(path);
    exit(1);
}

corpus_file corpus_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    corpus_file read = {.name = ""};
    long len = -1;

    if (file != NULL && fseek(file, 0, SEEK_END) == 0) {
        len = ftell(file);
        rewind(file);
    }
    read.bytes = len >= 0 ? malloc((size_t)len + 1) : NULL;
    if (read.bytes == NULL || fread(read.bytes, 1, (size_t)len, file) != (size_t)len) {
        die(path);
    } else {
        read.len = (size_t)len;
        read.bytes[len] = '\0';
        fclose(file);
    }
    return read;
}

static void add_file(corpus *files, const char *folder, const char *file_name, size_t name_len)
{
    corpus_file *grown = realloc(files->files, (files->count + 1) * sizeof *grown);
    corpus_file *file;
    char path[4096];

    snprintf(path, sizeof path, "%s/%s", folder, file_name);
    if (grown == NULL || name_len >= sizeof grown->name) {
        die(path);
    } else {
        files->files = grown;
        file = &grown[files->count++];
        *file = corpus_read(path);
        memcpy(file->name, file_name, name_len);
        file->name[name_len] = '\0';
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const corpus_file *)a)->name, ((const corpus_file *)b)->name);
}

void corpus_add(corpus *files, const char *folder, const char *suffix)
{
    DIR *dir = opendir(folder);
    const size_t before = files->count;
    const struct dirent *entry;

    if (dir == NULL) {
        die(folder);
    } else {
        while ((entry = readdir(dir)) != NULL) {
            const size_t len = strlen(entry->d_name);
            const size_t suffix_len = strlen(suffix);

            if (entry->d_name[0] != '.' && len > suffix_len &&
                strcmp(entry->d_name + len - suffix_len, suffix) == 0) {
                add_file(files, folder, entry->d_name, len - suffix_len);
            }
        }
        closedir(dir);
    }
    if (files->count == before) {
        fprintf(stderr, "%s: no file *%s\n", folder, suffix);
        exit(1);
    }
    qsort(files->files + before, files->count - before, sizeof *files->files, by_name);
}

const corpus_file *corpus_find(const corpus *files, sip_str name)
{
    for (size_t i = 0; i < files->count; i++) {
        if (sip_str_equal(name, files->files[i].name)) {
            return &files->files[i];
        }
    }
    return NULL;
}

void corpus_finish(corpus *files)
{
    for (size_t i = 0; i < files->count; i++) {
        free(files->files[i].bytes);
    }
    free(files->files);
    *files = (corpus){.files = NULL};
}
