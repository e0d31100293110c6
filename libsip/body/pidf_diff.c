#include <sip/pidf_diff.h>

#include "body/xml_body.h"
#include "body/xml_patch.h"

static const char *const kind_names[] = {NULL, "pidf-diff", "pidf-full", NULL};
static const char *const change_names[] = {NULL, "add", "replace", "remove", NULL};
static const char *const pos_names[] = {NULL, "before", "after", "prepend", NULL};
static const char *const ws_names[] = {NULL, "before", "after", "both", NULL};

static const struct sip__xml_row change_rows[] = {
    SIP__XML_ROW(NAME, ENUM, sip_pidf_change, kind, .names = change_names, .required = true),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_pidf_change, sel, .name = "sel", .required = true),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_pidf_change, pos, .name = "pos", .names = pos_names),
    SIP__XML_ROW(ATTRIBUTE, TEXT, sip_pidf_change, type, .name = "type"),
    SIP__XML_ROW(ATTRIBUTE, ENUM, sip_pidf_change, ws, .name = "ws", .names = ws_names),
};
static const struct sip__xml_shape change_shape = SIP__XML_SHAPE(change_rows, sip_pidf_change);

static const struct sip__xml_row diff_rows[] = {
    SIP__XML_ROW(NAME, ENUM, sip_pidf_diff, kind, .names = kind_names, .required = true),
    SIP__XML_ROW(ATTRIBUTE, TOKEN, sip_pidf_diff, presence.entity, .name = "entity"),
    SIP__XML_ROW(ATTRIBUTE, UINT, sip_pidf_diff, version, .name = "version"),
    SIP__XML_ROW(CHILD, LIST, sip_pidf_diff, changes, .names = change_names,
                 .ns = SIP__NS_PIDF_DIFF, .shape = &change_shape),
    SIP__PIDF_ROWS(offsetof(sip_pidf_diff, presence)),
};
static const struct sip__xml_shape diff_shape = SIP__XML_SHAPE(diff_rows, sip_pidf_diff);

static const struct sip__xml_doc diff_doc = {
    .roots = kind_names,
    .shape = &diff_shape,
    .ns = SIP__NS_PIDF_DIFF,
    .default_ns = SIP__NS_PIDF,
};

SIP__XML_BODY(pidf_diff, "application/pidf-diff+xml", diff_doc)

static sip_pidf full_of(const sip_pidf_diff *diff)
{
    sip_pidf full = diff->presence;

    full.extra = diff->extra;
    return full;
}

/* The text of a tree: a printer that wants a codec gets one. */
static int print_tree(const void *root, char *out, size_t size)
{
    return sip_xml_print(root, out, size);
}

/* Far more than an honest document asks for, and done in a fraction of a second. */
#define MAX_WORK ((size_t)16 << 20)

static int patch_all(const sip_allocator *allocator, sip_str document, const sip_pidf_diff *diff,
                     sip_str *ret_document)
{
    static const sip_body_codec tree_codec = {.print = print_tree};
    size_t work = MAX_WORK;
    sip__arena *arena;
    sip__xml_node *root = sip__xml_box_create(allocator, sizeof *root, &arena);
    int err = root != NULL ? sip__xml_read_tree(arena, NULL, document, root) : SIP_ENOMEM;

    for (size_t i = 0; i < diff->n_changes && err == 0; i++) {
        err = sip__xml_patch(arena, root, diff->extra.attributes, &diff->changes[i], &work);
    }
    if (err == 0) {
        err = sip_xml_print_alloc(&tree_codec, &root->x, allocator, ret_document);
    }
    sip__xml_box_free(allocator, root);
    return err;
}

int sip_pidf_diff_apply_text(const sip_allocator *allocator, sip_str document,
                             const sip_pidf_diff *diff, sip_str *ret_document)
{
    if (diff == NULL) {
        return SIP_EINVAL;
    }
    if (diff->kind == SIP_PIDF_DIFF_FULL) {
        const sip_pidf full = full_of(diff);

        return sip_xml_print_alloc(sip_pidf_codec(), &full, allocator, ret_document);
    }
    return patch_all(allocator, document, diff, ret_document);
}

int sip_pidf_diff_apply(const sip_allocator *allocator, const sip_pidf *pidf,
                        const sip_pidf_diff *diff, sip_pidf **ret_pidf)
{
    sip_str old = {NULL, 0};
    sip_str document = {NULL, 0};
    int err = diff != NULL ? 0 : SIP_EINVAL;

    if (err == 0 && diff->kind != SIP_PIDF_DIFF_FULL) {
        err = sip_xml_print_alloc(sip_pidf_codec(), pidf, allocator, &old);
    }
    if (err == 0) {
        err = sip_pidf_diff_apply_text(allocator, old, diff, &document);
    }
    if (err == 0) {
        err = sip_pidf_parse(allocator, document, ret_pidf);
    }
    sip_free(allocator, (void *)(uintptr_t)old.ptr);
    sip_free(allocator, (void *)(uintptr_t)document.ptr);
    return err;
}
