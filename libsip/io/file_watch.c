#define _GNU_SOURCE
#include "io/file_watch.h"

#include <string.h>
#include <sys/stat.h>

void sip__file_watch_init(sip__file_watch *watch, const char *path, uint32_t every_ms)
{
    *watch = (sip__file_watch){.path = path, .every_ms = every_ms};
}

bool sip__file_watch_has_changed(sip__file_watch *watch, sip_time_ms now_ms)
{
    uint64_t stamp[4] = {0};
    struct stat found;

    if (now_ms < watch->next_ms) {
        return false;
    }
    watch->next_ms = now_ms + watch->every_ms;
    if (stat(watch->path, &found) == 0) {
        stamp[0] = (uint64_t)found.st_ino;
        stamp[1] = (uint64_t)found.st_size;
        stamp[2] = (uint64_t)found.st_mtim.tv_sec;
        stamp[3] = (uint64_t)found.st_mtim.tv_nsec;
    }
    if (memcmp(stamp, watch->stamp, sizeof(stamp)) == 0) {
        return false;
    }
    memcpy(watch->stamp, stamp, sizeof(stamp));
    return true;
}

void sip__file_watch_forget(sip__file_watch *watch)
{
    memset(watch->stamp, 0xff, sizeof(watch->stamp)); /* no file's */
}
