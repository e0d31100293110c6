#include "body/xml_body.h"

/* A bound on what the element limit allows, for trees and structs of the largest documents. */
#define ARENA_BYTES ((size_t)32 * 1024 * 1024)

struct box {
    sip__arena arena;
    max_align_t object[];
};

static const sip_xml_body *const bodies[] = {
    &sip_pidf_type,        &sip_pidf_diff_type,      &sip_dialog_info_type,
    &sip_reginfo_type,     &sip_watcherinfo_type,    &sip_conference_info_type,
    &sip_rlmi_type,        &sip_resource_lists_type, &sip_imdn_type,
    &sip_iscomposing_type,
};
static const struct sip__xml_type *const types[] = {
    &sip__pidf_type,        &sip__pidf_diff_type,      &sip__dialog_info_type,
    &sip__reginfo_type,     &sip__watcherinfo_type,    &sip__conference_info_type,
    &sip__rlmi_type,        &sip__resource_lists_type, &sip__imdn_type,
    &sip__iscomposing_type,
};

#define N_BODIES (sizeof bodies / sizeof bodies[0])

void *sip__xml_box_create(const sip_allocator *allocator, size_t object_bytes,
                          sip__arena **ret_arena)
{
    struct box *box = sip_alloc0(allocator, offsetof(struct box, object) + object_bytes);

    if (box == NULL) {
        return NULL;
    }
    sip__arena_init(&box->arena, allocator, NULL, 0, ARENA_BYTES);
    *ret_arena = &box->arena;
    return box->object;
}

void sip__xml_box_free(const sip_allocator *allocator, void *object)
{
    struct box *box;

    if (object == NULL) {
        return;
    }
    box = (struct box *)(void *)((char *)object - offsetof(struct box, object));
    sip__arena_finish(&box->arena);
    sip_free(allocator, box);
}

const sip_xml_body *const *sip_xml_bodies(size_t *ret_count)
{
    *ret_count = N_BODIES;
    return bodies;
}

int sip_xml_body_parse(const sip_xml_body *body, const sip_xml_options *options,
                       const sip_allocator *allocator, sip_str text, void **ret_object)
{
    for (size_t i = 0; i < N_BODIES; i++) {
        if (body != NULL && types[i]->body == body) {
            return sip__xml_doc_parse(types[i]->doc, options, allocator, text, ret_object);
        }
    }
    return SIP_EINVAL;
}

int sip_xml_parse(const sip_allocator *allocator, const sip_xml_options *options, sip_str text,
                  sip_xml **ret_root)
{
    sip__arena *arena;
    sip__xml_node *root = sip__xml_box_create(allocator, sizeof *root, &arena);
    int err;

    if (root == NULL) {
        sip__xml_count(options, SIP_ENOMEM);
        return SIP_ENOMEM;
    }
    err = sip__xml_read_tree(arena, options, text, root);
    if (err != 0) {
        sip__xml_box_free(allocator, root);
        return err;
    }
    sip__xml_count(options, 0);
    *ret_root = &root->x;
    return 0;
}

void sip_xml_free(const sip_allocator *allocator, sip_xml *root)
{
    sip__xml_box_free(allocator, root);
}

int sip_xml_print(const sip_xml *root, char *out, size_t size)
{
    sip__xml_writer w;

    if (root == NULL || root->name.len == 0) {
        return SIP_EINVAL;
    }
    sip__xml_writer_init(&w, out, size);
    sip__xml_prolog_out(&w);
    sip__xml_node_out(&w, root);
    return sip__xml_writer_finish(&w);
}

int sip_xml_print_alloc(const sip_body_codec *codec, const void *object,
                        const sip_allocator *allocator, sip_str *ret_text)
{
    int len = codec != NULL ? codec->print(object, NULL, 0) : SIP_EINVAL;
    char *text;

    if (len < 0) {
        return len;
    }
    text = sip_alloc(allocator, (size_t)len + 1);
    if (text == NULL) {
        return SIP_ENOMEM;
    }
    len = codec->print(object, text, (size_t)len + 1);
    if (len < 0) {
        sip_free(allocator, text);
        return len;
    }
    *ret_text = (sip_str){text, (size_t)len};
    return 0;
}

const sip_xml *sip_xml_find(const sip_xml *nodes, const char *ns, const char *name)
{
    for (; nodes != NULL; nodes = nodes->next) {
        if (sip_str_equal(nodes->name, name) && nodes->name.len > 0 &&
            (ns == NULL || sip_str_equal(nodes->ns, ns))) {
            return nodes;
        }
    }
    return NULL;
}

sip_str sip_xml_attribute_value(const sip_xml_attribute *attributes, const char *ns,
                                const char *name)
{
    for (; attributes != NULL; attributes = attributes->next) {
        if (sip_str_equal(attributes->name, name) && sip_str_equal(attributes->ns, ns)) {
            return attributes->value;
        }
    }
    return (sip_str){NULL, 0};
}

sip_str sip_xml_text_of(const sip_xml *element)
{
    const sip_xml *x = element != NULL ? element->children : NULL;

    while (x != NULL && x->name.len > 0) {
        x = x->next;
    }
    return x != NULL ? x->text : (sip_str){NULL, 0};
}
