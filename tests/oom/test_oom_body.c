/* Bodies of each type, the seeds of their fuzz targets: read, printed, changed and agreed upon,
 * without memory at each allocation in turn. Argument: the folder of the seeds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sip/multipart.h>
#include <sip/negotiate.h>
#include <sip/pidf_diff.h>
#include <sip/sdp.h>

#include "oom_sweep.h"
#include "support/corpus.h"

/* Larger seeds are about limits; their sweep would take the square of their length. */
#define MAX_BYTES 4096

static const char presence[] =
    "<presence xmlns='urn:ietf:params:xml:ns:pidf' entity='pres:someone@example.com'>"
    "<tuple id='sg89ae'><status><basic>open</basic></status>"
    "<contact priority='0.8'>tel:09012345678</contact></tuple><note>n</note></presence>";

/* What was printed, or why not. */
static void printed(const sip_allocator *allocator, oom_log *log, const char *step,
                    const sip_body_codec *codec, const void *object)
{
    sip_str text = {NULL, 0};
    const int err = sip_xml_print_alloc(codec, object, allocator, &text);

    oom_step(log, step, 0, err, text);
    if (err == 0) {
        sip_free(allocator, (void *)(uintptr_t)text.ptr);
    }
}

static void run_diff(const sip_allocator *allocator, oom_log *log, const sip_pidf_diff *diff)
{
    sip_pidf *pidf = NULL;
    sip_pidf *result = NULL;
    sip_pidf_diff *made = NULL;
    int err = sip_pidf_parse(allocator, sip_str_of(presence), &pidf);

    oom_step(log, "presence", 0, err, (sip_str){NULL, 0});
    if (err == 0) {
        err = sip_pidf_diff_apply(allocator, pidf, diff, &result);
        oom_step(log, "apply", 0, err, (sip_str){NULL, 0});
    }
    if (err == 0) {
        printed(allocator, log, "applied", sip_pidf_codec(), result);
        err = sip_pidf_diff_make(allocator, pidf, result, 1, &made);
        oom_step(log, "make", 0, err, (sip_str){NULL, 0});
    }
    if (made != NULL) {
        printed(allocator, log, "made", sip_pidf_diff_codec(), made);
    }
    sip_pidf_diff_free(allocator, made);
    sip_pidf_free(allocator, result);
    sip_pidf_free(allocator, pidf);
}

static void run_sdp(const sip_allocator *allocator, oom_log *log, const sip_sdp *sdp)
{
    static const char *const protocols[] = {"RTP/AVP", NULL};
    static const sip_oa_codec codecs[] = {{.encoding = "PCMU", .clock_hz = 8000}};
    static const sip_oa_stream streams[] = {
        {.type = "audio", .protocols = protocols, .codecs = codecs, .n_codecs = 1, .port = 4000}};
    const sip_oa_capabilities capabilities = {.session_id = "1",
                                              .version = "9",
                                              .address = "192.0.2.1",
                                              .streams = streams,
                                              .n_streams = 1};
    sip_oa_result *result = NULL;
    sip_oa_result *next = NULL;
    sip_sdp_builder builder;
    sip_sdp *again = NULL;
    int err;

    sip_sdp_builder_init(&builder, allocator);
    sip_sdp_builder_copy(&builder, sdp->lines, sdp->n_lines, NULL);
    err = sip_sdp_builder_read(&builder, &again, NULL);
    oom_step(log, "built", 0, err, err == 0 ? again->text : (sip_str){NULL, 0});
    sip_free(allocator, again);
    sip_sdp_builder_finish(&builder);
    err = sip_oa_answer(allocator, &capabilities, sdp, NULL, &result);
    oom_step(log, "answer", 0, err, err == 0 ? result->local->text : (sip_str){NULL, 0});
    if (err == 0) {
        err = sip_oa_offer(allocator, &capabilities, result, &next);
        oom_step(log, "offer", 0, err, err == 0 ? next->local->text : (sip_str){NULL, 0});
    }
    sip_oa_result_destroy(next);
    sip_oa_result_destroy(result);
}

static void run_multipart(const sip_allocator *allocator, oom_log *log,
                          const sip_multipart *multipart)
{
    const sip_multipart_config config = {
        .subtype = "mixed", .parts = multipart->parts, .n_parts = multipart->n_parts};
    sip_body *body = NULL;
    const int err = sip_multipart_create(allocator, &config, &body);

    /* The boundary is random. */
    oom_step(log, "create", 0, err, (sip_str){NULL, 0});
    sip_free(allocator, err == 0 ? body : NULL);
}

static void run_xml(const sip_allocator *allocator, oom_log *log, sip_str text)
{
    sip_xml *root = NULL;
    const int err = sip_xml_parse(allocator, NULL, text, &root);

    oom_step(log, "tree", 0, err, err == 0 ? root->name : (sip_str){NULL, 0});
    sip_xml_free(allocator, root);
}

static void run_body(const sip_allocator *allocator, oom_log *log, const void *subject)
{
    const sip_body *body = subject;
    const sip_body_type *type = sip_body_type_find(NULL, body->type);
    void *object = NULL;
    int err = sip_body_read(allocator, body, NULL, NULL, &object);

    oom_step(log, "read", 0, err, (sip_str){NULL, 0});
    if (err != 0) {
        return;
    }
    printed(allocator, log, "printed", &type->codec, object);
    if (type == &sip_sdp_type) {
        run_sdp(allocator, log, object);
    } else if (type == &sip_pidf_diff_type) {
        run_diff(allocator, log, object);
    } else if (strncmp(type->codec.type, "multipart/", 10) == 0) {
        run_multipart(allocator, log, object);
    } else if (strstr(type->codec.type, "+xml") != NULL) {
        run_xml(allocator, log, body->data);
    }
    type->free(allocator, object);
}

/* A seed begins with what its target wants: the number of an XML type, a line with Content-Type,
 * or nothing, and then it is of the type of its folder. */
static sip_body body_of(const corpus_file *file, const char *type)
{
    const char *end = memchr(file->bytes, '\n', file->len);
    const size_t line = end != NULL ? (size_t)(end - file->bytes) : 0;
    size_t n;
    const sip_xml_body *const *bodies = sip_xml_bodies(&n);

    if (strcmp(type, "xml") == 0) {
        type = bodies[(size_t)(unsigned char)(file->bytes[0] - '0') % n]->codec.type;
        return (sip_body){.type = sip_str_of(type), .data = {file->bytes + 1, file->len - 1}};
    }
    if (strcmp(type, "multipart") == 0 && end != NULL) {
        return (sip_body){.type = {file->bytes, line}, .data = {end + 1, file->len - line - 1}};
    }
    return (sip_body){.type = sip_str_of(type), .data = {file->bytes, file->len}};
}

int main(int argc, char **argv)
{
    static const char *const folders[][2] = {
        {"xml_bodies", "xml"},          {"sdp", "application/sdp"}, {"multipart", "multipart"},
        {"sipfrag", "message/sipfrag"}, {"cpim", "message/cpim"},
    };
    size_t runs = 0;
    size_t count = 0;

    for (size_t i = 0; argc > 1 && i < sizeof folders / sizeof folders[0]; i++) {
        corpus files = {NULL, 0};
        char path[1024];

        snprintf(path, sizeof path, "%s/%s", argv[1], folders[i][0]);
        corpus_add(&files, path, "");
        for (size_t k = 0; k < files.count; k++) {
            const sip_body body = body_of(&files.files[k], folders[i][1]);

            if (files.files[k].len > 0 && files.files[k].len <= MAX_BYTES) {
                runs += oom_sweep(files.files[k].name, run_body, &body);
                count++;
            }
        }
        corpus_finish(&files);
    }
    printf("%zu bodies, %zu runs\n", count, runs);
    return count > 0 ? 0 : 1;
}
