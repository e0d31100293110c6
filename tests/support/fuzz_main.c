/* The main of a fuzz target that is built without libFuzzer: every file of the corpus folders given
 * as arguments goes through the target once. An empty corpus is a failure. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *path, size_t size)
{
    /* A block of exactly the input's size lets the sanitizer see a read past its end. */
    uint8_t *data = malloc(size > 0 ? size : 1);
    FILE *file = fopen(path, "rb");
    int rc = -1;

    if (data != NULL && file != NULL && fread(data, 1, size, file) == size) {
        LLVMFuzzerTestOneInput(data, size);
        rc = 0;
    } else {
        fprintf(stderr, "%s: cannot be read\n", path);
    }
    if (file != NULL) {
        fclose(file);
    }
    free(data);
    return rc;
}

static int run_folder(const char *folder, int *count)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int rc = 0;

    if (dir == NULL) {
        perror(folder);
        return -1;
    }
    while ((entry = readdir(dir)) != NULL) {
        char path[4096];
        struct stat info;
        int len = snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);

        if (len < 0 || (size_t)len >= sizeof(path) || stat(path, &info) != 0) {
            rc = -1;
        } else if (S_ISREG(info.st_mode)) {
            *count += 1;
            rc |= run_file(path, (size_t)info.st_size);
        }
    }
    closedir(dir);
    return rc;
}

int main(int argc, char **argv)
{
    int count = 0;
    int rc = 0;

    for (int i = 1; i < argc; i++) {
        rc |= run_folder(argv[i], &count);
    }
    printf("%d inputs\n", count);
    return rc == 0 && count > 0 ? 0 : 1;
}
