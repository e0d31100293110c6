/* Reading a body with a type of one's own in it, and answering one that is not understood. */
#include <sip/build.h>
#include <sip/cpim.h>
#include <sip/multipart.h>
#include <sip/text.h>
#include <stdio.h>

/* application/x-room: "kitchen/2". */
struct room {
    sip_str name;
    char floor;
};

static int parse_room(const sip_allocator *allocator, sip_str text, void **ret_object)
{
    struct room *room;

    if (text.len < 3 || text.ptr[text.len - 2] != '/') {
        return SIP_ESYNTAX;
    }
    room = sip_alloc(allocator, sizeof(*room));
    if (room == NULL) {
        return SIP_ENOMEM;
    }
    room->name = (sip_str){text.ptr, text.len - 2};
    room->floor = text.ptr[text.len - 1];
    *ret_object = room;
    return 0;
}

static int print_room(const void *object, char *out, size_t size)
{
    const struct room *room = object;

    return snprintf(out, size, SIP_FMT "/%c", SIP_ARG(room->name), room->floor);
}

static void free_room(const sip_allocator *allocator, void *object)
{
    sip_free(allocator, object);
}

static const sip_body_type room_type = {
    .codec = {"application/x-room", print_room}, .parse = parse_room, .free = free_room};

/* What this program understands, and nothing else. */
static const sip_body_type *const types[] = {&room_type, &sip_text_type, &sip_multipart_mixed_type,
                                             NULL};
static const sip_body_registry registry = {.types = types, .limits = {.parts = 8, .depth = 2}};

static void show(const sip_body *body)
{
    const struct room *room = sip_body_as(body, &room_type);
    const sip_text *text = sip_body_as(body, &sip_text_type);

    if (room != NULL) {
        printf("room " SIP_FMT " on floor %c\n", SIP_ARG(room->name), room->floor);
    } else if (text != NULL) {
        printf("text " SIP_FMT "\n", SIP_ARG(text->text));
    }
}

static void receive(const sip_msg *request)
{
    const sip_body_verdict verdict = sip_body_judge(request, &registry);
    const sip_body *body = sip_msg_body(request);
    const sip_multipart *all = sip_body_as(body, &sip_multipart_mixed_type);
    sip_msg *response = NULL;

    if (verdict.status != 0) {
        sip_build *build =
            sip_build_response(request, verdict.status, (sip_str){NULL, 0}, SIP_STR("tag"));

        sip_build_accept(build, &registry, &verdict);
        if (sip_build_finish(build, &response) == 0) {
            printf("%d " SIP_FMT "\n", sip_msg_status(response),
                   SIP_ARG(sip_msg_find(response, "Accept", 0)));
            sip_msg_unref(response);
        }
        return;
    }
    show(body);
    for (size_t i = 0; all != NULL && i < all->n_parts; i++) {
        show(&all->parts[i].body);
    }
}

/* Make a request with a body, as bytes from the network. */
static int send_body(const sip_body *body)
{
    sip_build *build = sip_build_request(NULL, SIP_STR("MESSAGE"), SIP_STR("sip:bob@example.com"));
    sip_msg *built = NULL, *request = NULL;
    int err;

    sip_build_body(build, body);
    err = sip_build_finish(build, &built);
    if (err == 0) {
        err = sip_msg_parse(NULL, NULL, sip_msg_bytes(built), NULL, &request, NULL);
    }
    if (err == 0) {
        receive(request);
    }
    sip_msg_unref(request);
    sip_msg_unref(built);
    return err;
}

int main(void)
{
    const struct room kitchen = {SIP_STR("kitchen"), '2'};
    const sip_cpim cpim = {.from = {.uri = SIP_STR("im:alice@example.com")}};
    const sip_part parts[] = {
        {.body = {.codec = &room_type.codec, .object = &kitchen}},
        {.body = {.type = SIP_STR("text/plain"), .data = SIP_STR("dinner is ready")}},
        {.body = {.codec = &sip_cpim_type.codec,
                  .object = &cpim,
                  .disposition = SIP_STR("render;handling=optional")}},
    };
    const sip_multipart_config config = {.subtype = "mixed", .parts = parts, .n_parts = 3};
    sip_body *all = NULL;
    int err = sip_multipart_create(NULL, &config, &all);

    if (err == 0) {
        err = send_body(all);
    }
    if (err == 0) {
        err = send_body(&(sip_body){.codec = &sip_cpim_type.codec, .object = &cpim});
    }
    sip_free(NULL, all);
    return err != 0;
}
