/* The XML documents, the type chosen by the first byte: what was read is printed, and what was
 * printed is read again and printed the same. A partial presence document is applied too, and the
 * diff of two documents leads from one to the other. Any text is read as a plain tree, by
 * tight limits, and its lines as times. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <sip/datetime.h>
#include <sip/pidf_diff.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What diffs are applied to. */
static const char presence[] =
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:someone@example.com'"
    " xmlns:d='urn:ietf:params:xml:ns:pidf:data-model' xmlns:r='urn:ietf:params:xml:ns:pidf:rpid'>"
    "<tuple id='sg89ae'><status><basic>open</basic></status>"
    "<contact priority='0.8'>tel:09012345678</contact></tuple>"
    "<tuple id='cg231jcr'><status><basic>open</basic></status>"
    "<contact priority='1.0'>im:pep@example.com</contact></tuple>"
    "<tuple id='r1230d'><status><basic>closed</basic></status></tuple>"
    "<note xml:lang='en'>Full state presence document</note>"
    "<d:person id='p'><r:activities><r:on-the-phone/><r:busy/></r:activities></d:person>"
    "</presence>";

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static char *print(const sip_xml_body *body, const void *object, int *ret_len)
{
    char *text;

    *ret_len = body->codec.print(object, NULL, 0);
    if (*ret_len < 0) {
        return NULL;
    }
    text = malloc((size_t)*ret_len + 1);
    if (text != NULL) {
        check(body->codec.print(object, text, (size_t)*ret_len + 1) == *ret_len);
    }
    return text;
}

/* Namespaces that a document declares and does not use may fill the printer's table, and what was
 * short may grow over the reader's limits. */
static void try_again(const sip_xml_body *body, const void *object)
{
    int len, len_again, err;
    char *text = print(body, object, &len);
    char *text_again = NULL;
    void *again = NULL;

    check(text != NULL || len == SIP_ETOOBIG);
    if (text == NULL) {
        return;
    }
    err = body->parse(NULL, (sip_str){text, (size_t)len}, &again);
    check(err == 0 || err == SIP_ETOOBIG);
    if (err == 0) {
        text_again = print(body, again, &len_again);
        check(text_again == NULL ? len_again == SIP_ETOOBIG
                                 : len_again == len && memcmp(text, text_again, (size_t)len) == 0);
    }
    body->free(NULL, again);
    free(text);
    free(text_again);
}

/* The order may differ; nothing else does. */
static void check_same(const sip_pidf *a, const sip_pidf *b)
{
    sip_pidf_diff *rest = NULL;

    if (sip_pidf_diff_make(NULL, a, b, 1, &rest) == 0) {
        check(rest->kind == SIP_PIDF_DIFF_CHANGES && rest->n_changes == 0);
    }
    sip_pidf_diff_free(NULL, rest);
}

static void try_diff(const sip_pidf_diff *diff)
{
    sip_pidf *pidf = NULL;
    sip_pidf *result = NULL;
    sip_pidf_diff *made = NULL;

    check(sip_pidf_parse(NULL, sip_str_of(presence), &pidf) == 0);
    if (sip_pidf_diff_apply(NULL, pidf, diff, &result) == 0 &&
        sip_pidf_diff_make(NULL, pidf, result, 1, &made) == 0) {
        sip_pidf *same = NULL;
        int err = sip_pidf_diff_apply(NULL, pidf, made, &same);

        check(err == 0 || err == SIP_ETOOBIG);
        if (err == 0) {
            check_same(same, result);
        }
        sip_pidf_free(NULL, same);
    }
    sip_pidf_diff_free(NULL, made);
    sip_pidf_free(NULL, result);
    sip_pidf_free(NULL, pidf);
}

/* Each change alone, since the first that cannot be ends the others. */
static void try_changes(const sip_pidf_diff *diff)
{
    for (size_t i = 0; i < diff->n_changes; i++) {
        sip_pidf_diff one = *diff;

        one.changes = &diff->changes[i];
        one.n_changes = 1;
        try_diff(&one);
    }
}

/* From what we have to what came, and by text. */
static void try_change(const sip_pidf *to)
{
    sip_pidf *from = NULL;
    sip_pidf *result = NULL;
    sip_pidf_diff *diff = NULL;
    sip_str text = {NULL, 0};
    int err;

    check(sip_pidf_parse(NULL, sip_str_of(presence), &from) == 0);
    if (sip_pidf_diff_make(NULL, from, to, 7, &diff) == 0) {
        err = sip_pidf_diff_apply(NULL, from, diff, &result);
        check(err == 0 || err == SIP_ETOOBIG);
        if (err == 0) {
            check_same(result, to);
        }
        err = sip_pidf_diff_apply_text(NULL, sip_str_of(presence), diff, &text);
        check(err != 0 || text.len > 0);
        sip_free(NULL, (void *)(uintptr_t)text.ptr);
    }
    sip_pidf_diff_free(NULL, diff);
    sip_pidf_free(NULL, result);
    sip_pidf_free(NULL, from);
}

/* Each limit alone, as tight as can be: every document is counted once. */
static void try_limits(sip_str text)
{
    const sip_xml_options tight[] = {{.bytes = 100},    {.depth = 2},      {.elements = 2},
                                     {.attributes = 1}, {.namespaces = 1}, {.depth = 64}};

    for (size_t i = 0; i < sizeof tight / sizeof tight[0]; i++) {
        sip_xml_counts counts = {0};
        sip_xml_options options = tight[i];
        sip_xml *root = NULL;
        int err;

        options.counts = &counts;
        err = sip_xml_parse(NULL, &options, text, &root);
        check((err == 0) == (root != NULL) && counts.read == (err == 0));
        check(counts.read + counts.malformed + counts.entities_refused + counts.too_long +
                  counts.too_deep + counts.too_many_elements + counts.too_many_attributes +
                  counts.too_many_namespaces + counts.no_memory >=
              1);
        sip_xml_free(NULL, root);
    }
}

static int print_tree(const void *object, char *out, size_t size)
{
    return sip_xml_print(object, out, size);
}

/* The plain tree: printed it reads again, also with the prefixes taken from its root. */
static void try_tree(sip_str text)
{
    static const sip_body_codec codec = {"text/xml", print_tree};
    sip_xml *root = NULL;
    sip_xml *again = NULL;
    sip_xml bare;
    sip_str printed;

    if (sip_xml_parse(NULL, NULL, text, &root) != 0) {
        return;
    }
    check(sip_xml_find(root, NULL, "no such") == NULL);
    check(sip_xml_find(root, sip_xml_text_of(root).len > 0 ? "" : NULL, "note") == NULL ||
          root->name.len > 0);
    bare = *root;
    bare.prefix = (sip_str){NULL, 0};
    bare.attributes = NULL;
    for (int round = 0; round < 2; round++) {
        if (sip_xml_print_alloc(&codec, round == 0 ? root : &bare, NULL, &printed) == 0) {
            const int err = sip_xml_parse(NULL, NULL, printed, &again);

            check(err == 0 || err == SIP_ETOOBIG);
            check(err != 0 || sip_str_same(again->name, root->name));
            sip_xml_free(NULL, again);
            again = NULL;
            sip_free(NULL, (void *)(uintptr_t)printed.ptr);
        }
    }
    sip_xml_free(NULL, root);
}

/* A time there and back. */
static void try_time(sip_str text)
{
    sip_datetime at, again;
    int64_t ms, ms_again;

    if (sip_datetime_parse(text, &at) == 0 && sip_datetime_to_unix_ms(&at, &ms) == 0) {
        again = sip_datetime_of_unix_ms(ms, at.zone_minutes);
        if (again.month != 0) {
            check(sip_datetime_to_unix_ms(&again, &ms_again) == 0 && ms == ms_again);
        }
    }
}

static void try_times(sip_str text)
{
    while (text.len > 0) {
        const char *end = memchr(text.ptr, '\n', text.len);
        const sip_str line = {text.ptr, end != NULL ? (size_t)(end - text.ptr) : text.len};
        const size_t used = line.len + (end != NULL);

        try_time(line);
        text = (sip_str){text.ptr + used, text.len - used};
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const sip_str text = {(const char *)data + 1, size > 0 ? size - 1 : 0};
    size_t n;
    const sip_xml_body *const *bodies = sip_xml_bodies(&n);
    const sip_xml_body *body;
    void *object = NULL;

    if (size == 0) {
        return 0;
    }
    /* Printable, so that a seed is a text: '0' is the first type. */
    body = bodies[(size_t)(uint8_t)(data[0] - '0') % n];
    try_times(text);
    try_limits(text);
    try_tree(text);
    if (body->parse(NULL, text, &object) == 0) {
        try_again(body, object);
        if (&body->codec == sip_pidf_codec()) {
            try_change(object);
        }
        if (&body->codec == sip_pidf_diff_codec()) {
            try_diff(object);
            try_changes(object);
        }
    }
    body->free(NULL, object);
    return 0;
}
