#define _GNU_SOURCE
#include "io/hosts_file.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH "/etc/hosts"
#define BLANKS " \t\r\v\f"

void sip__hosts_file_init(sip__hosts_file *hosts, const sip_allocator *allocator, const char *path,
                          uint32_t every_ms)
{
    *hosts = (sip__hosts_file){.allocator = allocator};
    sip__file_watch_init(&hosts->watch, path != NULL ? path : PATH, every_ms);
}

static void forget(sip__hosts_file *hosts)
{
    sip_free(hosts->allocator, hosts->text);
    sip_free(hosts->allocator, hosts->names);
    hosts->text = NULL;
    hosts->names = NULL;
    hosts->count = 0;
}

void sip__hosts_file_finish(sip__hosts_file *hosts)
{
    if (hosts->allocator != NULL) {
        forget(hosts);
    }
}

/* ---- reading */

/* Read until the end, or until `room` is full. */
static size_t read_whole(int fd, char *out, size_t room)
{
    size_t len = 0;
    ssize_t got;

    while (len < room && (got = read(fd, out + len, room - len)) > 0) {
        len += (size_t)got;
    }
    return len;
}

/* The text of the file, zero-terminated; "" where there is none. A pipe would have us wait. @return
 * 0 or SIP_ENOMEM */
static int read_text(const sip__hosts_file *hosts, char **ret_text)
{
    int fd = open(hosts->watch.path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat found;
    size_t room = 0;

    if (fd >= 0 && fstat(fd, &found) == 0 && S_ISREG(found.st_mode) && found.st_size > 0) {
        room = found.st_size < (off_t)SIP__HOSTS_FILE_BYTES ? (size_t)found.st_size
                                                            : SIP__HOSTS_FILE_BYTES;
    }
    *ret_text = sip_alloc(hosts->allocator, room + 1);
    if (*ret_text != NULL) {
        (*ret_text)[read_whole(fd, *ret_text, room)] = '\0';
    }
    if (fd >= 0) {
        (void)close(fd);
    }
    return *ret_text != NULL ? 0 : SIP_ENOMEM;
}

static bool is_blank(char c)
{
    return c != '\0' && strchr(BLANKS, c) != NULL;
}

/* The next word of what is left of a line up to `end`, zero-terminated; NULL: there is none. */
static char *take_word(char **line, char *end)
{
    char *word = *line;
    char *after;

    while (word < end && is_blank(*word)) {
        word++;
    }
    for (after = word; after < end && !is_blank(*after);) {
        after++;
    }
    *line = after < end ? after + 1 : end;
    *after = '\0';
    return word < end ? word : NULL;
}

/* The next line of a text up to `end`, and where it ends without its comment. */
static char *take_line(char **text, char *end, char **ret_end)
{
    char *line = *text;
    char *feed = memchr(line, '\n', (size_t)(end - line));
    char *stop = feed != NULL ? feed : end;
    char *comment = memchr(line, '#', (size_t)(stop - line));

    *text = feed != NULL ? feed + 1 : end;
    *ret_end = comment != NULL ? comment : stop;
    return line;
}

static void make_plain(char *name)
{
    size_t len = strlen(name);

    if (len > 1 && name[len - 1] == '.') {
        name[len - 1] = '\0';
    }
    for (; *name != '\0'; name++) {
        if (*name >= 'A' && *name <= 'Z') {
            *name = (char)(*name - 'A' + 'a');
        }
    }
}

/* No more than these can be in there: each has a blank before it. */
static size_t most_names(const char *text)
{
    size_t n = 0;

    for (; *text != '\0' && n < SIP__HOSTS_FILE_NAMES; text++) {
        n += strchr(BLANKS, text[0]) != NULL && strchr(BLANKS "\n", text[1]) == NULL;
    }
    return n;
}

static size_t parse(char *text, sip__named_address *out, size_t room)
{
    char *const end = text + strlen(text);
    size_t n = 0;

    while (text < end) {
        char *stop;
        char *line = take_line(&text, end, &stop);
        char *word = take_word(&line, stop);
        sip_addr addr;

        if (word == NULL || sip_addr_parse(sip_str_of(word), 0, &addr) != 0) {
            continue;
        }
        while (n < room && (word = take_word(&line, stop)) != NULL) {
            make_plain(word);
            out[n++] = (sip__named_address){word, addr};
        }
    }
    return n;
}

/* Names stand in one block, so that their places tell the order of the file. */
static int compare(const void *a, const void *b)
{
    const sip__named_address *first = a;
    const sip__named_address *second = b;
    int order = strcmp(first->name, second->name);

    if (order != 0) {
        return order;
    }
    return first->name < second->name ? -1 : first->name > second->name;
}

static void read_anew(sip__hosts_file *hosts)
{
    sip__named_address *names;
    char *text;
    size_t room;

    if (read_text(hosts, &text) != 0) {
        sip__file_watch_forget(&hosts->watch);
        return;
    }
    room = most_names(text);
    names = sip_alloc(hosts->allocator, (room + 1) * sizeof(*names));
    if (names == NULL) {
        sip__file_watch_forget(&hosts->watch);
        sip_free(hosts->allocator, text);
        return;
    }
    forget(hosts);
    hosts->text = text;
    hosts->names = names;
    hosts->count = parse(text, names, room);
    qsort(names, hosts->count, sizeof(*names), compare);
}

/* ---- finding */

static int compare_name(sip_str wanted, const char *name)
{
    for (size_t i = 0; i < wanted.len; i++) {
        char c = wanted.ptr[i];

        c = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        if (c != name[i] || c == '\0') {
            return (unsigned char)c < (unsigned char)name[i] ? -1 : 1;
        }
    }
    return name[wanted.len] == '\0' ? 0 : -1;
}

size_t sip__hosts_file_find(sip__hosts_file *hosts, sip_str name, sip_time_ms now_ms,
                            const sip__named_address **ret_first)
{
    size_t low = 0;
    size_t high;
    size_t n = 0;

    if (sip__file_watch_has_changed(&hosts->watch, now_ms)) {
        read_anew(hosts);
    }
    if (name.len > 1 && name.ptr[name.len - 1] == '.') {
        name.len--;
    }
    high = hosts->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare_name(name, hosts->names[middle].name) > 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    while (low + n < hosts->count && compare_name(name, hosts->names[low + n].name) == 0) {
        n++;
    }
    *ret_first = n > 0 ? &hosts->names[low] : NULL;
    return n;
}
