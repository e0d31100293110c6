/* Checks a folder of messages against its manifest: what each policy says of a message, and what is
 * read from it. README.md tells the form of a manifest. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sip/msg.h>

#include "msg_value.h"
#include "support/corpus.h"

typedef struct run {
    const char *folder;
    corpus files;
    const corpus_file *file; /* of the section that is read */
    sip_msg *msg;            /* of it, or NULL */
    size_t line, messages, promised, values, failures;
} run;

static void fail(run *at, sip_str text, const char *instead)
{
    fprintf(stderr, "%s/manifest:%zu: %.*s\n    but: %s\n", at->folder, at->line, SIP_ARG(text),
            instead);
    at->failures++;
}

/* The text behind `word` and blanks; ptr NULL where it does not begin so. */
static sip_str after(sip_str text, const char *word)
{
    const size_t len = strlen(word);

    if (text.len < len || memcmp(text.ptr, word, len) != 0) {
        return (sip_str){NULL, 0};
    }
    return sip_str_trim((sip_str){text.ptr + len, text.len - len});
}

static const char *find(sip_str in, sip_str what)
{
    for (size_t i = 0; i + what.len <= in.len; i++) {
        if (memcmp(in.ptr + i, what.ptr, what.len) == 0) {
            return in.ptr + i;
        }
    }
    return NULL;
}

/* What a policy says: "accepted", "rejected 400 RFC 3261 20.42" or, of a response, "dropped …". */
static void verdict(const corpus_file *file, const sip_msg_policy *policy, char out[128],
                    size_t *ret_offset)
{
    const sip_str bytes = {file->bytes, file->len};
    sip_parse_error error = {.section = "no error told"};
    sip_msg *msg = NULL;
    int err = sip_msg_parse(NULL, NULL, bytes, NULL, &msg, &error);

    if (err == 0) {
        err = sip_msg_check(msg, policy, &error);
    }
    if (err == 0) {
        snprintf(out, 128, "accepted");
    } else if (error.status == 0) {
        snprintf(out, 128, "dropped %s", error.section);
    } else {
        snprintf(out, 128, "rejected %d %s", error.status, error.section);
    }
    *ret_offset = error.offset;
    sip_msg_unref(msg);
}

/* Write bytes of a manifest, in which \xHH stands for any byte, into `out`. */
static sip_str unescape(sip_str text, char out[512])
{
    sip_str bytes = {out, 0};

    for (size_t i = 0; i < text.len && bytes.len < 512; i++) {
        char digits[3] = {0};

        out[bytes.len] = text.ptr[i];
        if (text.len - i >= 4 && memcmp(text.ptr + i, "\\x", 2) == 0) {
            memcpy(digits, text.ptr + i + 2, 2);
            out[bytes.len] = (char)strtoul(digits, NULL, 16);
            i += 3;
        }
        bytes.len++;
    }
    return bytes;
}

/* True if the offset is among these bytes of the message, or right behind them. */
static bool is_at(const corpus_file *file, sip_str place, size_t offset)
{
    char escaped[512];
    const sip_str bytes = unescape(place, escaped);
    const char *found = find((sip_str){file->bytes, file->len}, bytes);

    return found != NULL && offset >= (size_t)(found - file->bytes) &&
           offset <= (size_t)(found - file->bytes) + bytes.len;
}

/* `said` is a verdict, and behind an '@' the bytes of the message among which the offset is. */
static void check_verdict(run *at, sip_str line, sip_str said, const sip_msg_policy *policy)
{
    const char *mark = find(said, SIP_STR(" @ "));
    sip_str place = {NULL, 0};
    char got[128], text[256];
    size_t offset;

    verdict(at->file, policy, got, &offset);
    at->values++;
    if (mark != NULL) {
        place = (sip_str){mark + 3, (size_t)(said.ptr + said.len - (mark + 3))};
        said.len = (size_t)(mark - said.ptr);
    }
    if (!sip_str_equal(said, got) || (mark != NULL && !is_at(at->file, place, offset))) {
        snprintf(text, sizeof text, "%s, at %zu", got, offset);
        fail(at, line, text);
    }
}

static void check_value(run *at, sip_str line, sip_str path, sip_str want)
{
    char got[1024];

    at->values++;
    if (at->msg == NULL) {
        fail(at, line, "the message cannot be parsed");
    } else if (!msg_value(at->msg, path, got, sizeof got)) {
        fail(at, line, "no such value");
    } else if (!sip_str_equal(want, got)) {
        fail(at, line, got);
    }
}

static void begin_message(run *at, sip_str line)
{
    const char *end = memchr(line.ptr, ']', line.len);
    const sip_str name = {line.ptr + 1, end != NULL ? (size_t)(end - line.ptr) - 1 : 0};

    at->msg = sip_msg_unref(at->msg);
    at->messages++;
    at->file = corpus_find(&at->files, name);
    if (at->file == NULL) {
        fail(at, line, "there is no such file");
    } else {
        (void)sip_msg_parse(NULL, NULL, (sip_str){at->file->bytes, at->file->len}, NULL, &at->msg,
                            NULL);
    }
}

static void check_line(run *at, sip_str line)
{
    const sip_str promised = after(line, "messages ");
    const char *mark = find(line, SIP_STR(" ="));
    sip_str path, want;

    if (line.len == 0 || *line.ptr == '#') {
        return;
    }
    if (*line.ptr == '[') {
        begin_message(at, line);
    } else if (promised.ptr != NULL && at->messages == 0) {
        at->promised = strtoul(promised.ptr, NULL, 10);
    } else if (mark == NULL) {
        fail(at, line, "no line of a manifest");
    } else if (at->file != NULL) {
        path = (sip_str){line.ptr, (size_t)(mark - line.ptr)};
        want = sip_str_trim((sip_str){mark + 2, (size_t)(line.ptr + line.len - mark) - 2});
        if (sip_str_equal(path, "strict")) {
            check_verdict(at, line, want, sip_msg_policy_strict());
        } else if (sip_str_equal(path, "lenient")) {
            check_verdict(at, line, want, sip_msg_policy_lenient());
        } else {
            check_value(at, line, path, want);
        }
    }
}

static void check_manifest(run *at, const corpus_file *manifest)
{
    const char *end = manifest->bytes + manifest->len;

    for (const char *p = manifest->bytes, *next; p < end; p = next + 1) {
        next = memchr(p, '\n', (size_t)(end - p));
        next = next != NULL ? next : end;
        at->line++;
        check_line(at, sip_str_trim((sip_str){p, (size_t)(next - p)}));
    }
    at->msg = sip_msg_unref(at->msg);
    if (at->messages != at->promised || at->files.count != at->promised) {
        fprintf(stderr, "%s: %zu files and %zu sections for %zu messages\n", at->folder,
                at->files.count, at->messages, at->promised);
        at->failures++;
    }
}

int main(int argc, char **argv)
{
    size_t failures = 0;

    for (int i = 1; i < argc; i++) {
        run at = {.folder = argv[i]};
        corpus_file manifest;
        char path[4096];

        snprintf(path, sizeof path, "%s/manifest", argv[i]);
        manifest = corpus_read(path);
        corpus_add(&at.files, argv[i], ".sip");
        check_manifest(&at, &manifest);
        printf("%s: %zu messages, %zu values, %zu failures\n", argv[i], at.messages, at.values,
               at.failures);
        failures += at.failures;
        corpus_finish(&at.files);
        free(manifest.bytes);
    }
    return failures == 0 && argc > 1 ? 0 : 1;
}
