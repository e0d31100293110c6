/* No byte is read that is not there, whatever stands in the others: every prefix of every message
 * of the folders given, and every byte of it changed to each of twelve that mean something, at the
 * end of a page. Whatever can be parsed is read in full. A line that stood in
 * an earlier message has had its changes there. */
#include <stdio.h>
#include <string.h>

#include <sip/build.h>

#include "support/corpus.h"
#include "support/guard_page.h"
#include "support/msg_walk.h"
#include "support/typed_walk.h"

static const char meaning[] = {'\0', '\r', '\n', ' ', '"', '\\',
                               ',',  ';',  '<',  '=', '%', (char)0xff};

static size_t parsed;

static void read_all(const char *bytes, size_t len, bool thorough)
{
    const sip_msg_limits limits = typed_walk_limits();
    sip_parse_error error = {.offset = 0};
    sip_msg *msg = NULL;

    if (sip_msg_parse(NULL, &limits, (sip_str){bytes, len}, NULL, &msg, &error) == 0) {
        (void)sip_msg_check(msg, sip_msg_policy_strict(), &error);
        (void)typed_walk(msg);
        if (thorough) {
            (void)msg_walk(msg);
        }
        parsed++;
    }
    if (error.offset > len) {
        fprintf(stderr, "a fault at %zu of %zu bytes\n", error.offset, len);
        parsed = 0;
    }
    sip_msg_unref(msg);
}

static void cut(const corpus_file *file)
{
    for (size_t len = 0; len <= file->len; len++) {
        guard_page page;

        guard_page_init(&page, file->bytes, len);
        read_all(page.bytes, len, true);
        guard_page_finish(&page);
    }
}

static bool is_new_line(sip_str line)
{
    static sip_str seen[8192];
    static size_t count;

    for (size_t i = 0; i < count; i++) {
        if (sip_str_same(seen[i], line)) {
            return false;
        }
    }
    if (count < sizeof seen / sizeof seen[0]) {
        seen[count++] = line;
    }
    return true;
}

static void mutate_line(guard_page *page, size_t from, size_t to)
{
    for (size_t at = from; at < to; at++) {
        const char before = page->bytes[at];

        for (size_t i = 0; i < sizeof meaning; i++) {
            page->bytes[at] = meaning[i];
            read_all(page->bytes, page->len, false);
        }
        page->bytes[at] = before;
    }
}

static void mutate(const corpus_file *file)
{
    const char *end = file->bytes + file->len;
    guard_page page;

    guard_page_init(&page, file->bytes, file->len);
    for (const char *at = file->bytes, *next; at < end; at = next) {
        next = memchr(at, '\n', (size_t)(end - at));
        next = next != NULL ? next + 1 : end;
        if (is_new_line((sip_str){at, (size_t)(next - at)})) {
            mutate_line(&page, (size_t)(at - file->bytes), (size_t)(next - file->bytes));
        }
    }
    guard_page_finish(&page);
}

int main(int argc, char **argv)
{
    corpus files = {.files = NULL};
    size_t bytes = 0;

    for (int i = 1; i < argc; i++) {
        corpus_add(&files, argv[i], ".sip");
    }
    for (size_t i = 0; i < files.count; i++) {
        cut(&files.files[i]);
        mutate(&files.files[i]);
        bytes += files.files[i].len;
    }
    printf("%zu files of %zu bytes, %zu mutations and prefixes could be parsed\n", files.count,
           bytes, parsed);
    corpus_finish(&files);
    return parsed > 0 ? 0 : 1;
}
