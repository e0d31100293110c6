#include "body_check.h"

#include <stdio.h>

#include <sip/iscomposing.h>
#include <sip/msg.h>
#include <sip/multipart.h>
#include <sip/sdp.h>
#include <sip/text.h>

#include "support/fail_alloc.h"

/* An application's own type. */
struct room {
    int floor;
};

static int parse_room(const sip_allocator *allocator, sip_str text, void **ret_object)
{
    struct room *room;

    if (text.len != 1 || text.ptr[0] < '0' || text.ptr[0] > '9') {
        return text.len > 1 ? SIP_ETOOBIG : SIP_ESYNTAX;
    }
    room = sip_alloc(allocator, sizeof(*room));
    if (room == NULL) {
        return SIP_ENOMEM;
    }
    room->floor = text.ptr[0] - '0';
    *ret_object = room;
    return 0;
}

static int print_room(const void *object, char *out, size_t size)
{
    if (size > 1) {
        out[0] = (char)('0' + ((const struct room *)object)->floor);
        out[1] = '\0';
    }
    return 1;
}

static void free_room(const sip_allocator *allocator, void *object)
{
    sip_free(allocator, object);
}

static const sip_body_type room_type = {
    .codec = {"application/x-room", print_room}, .parse = parse_room, .free = free_room};
static const sip_body_type *const mine[] = {&room_type, NULL};
static const sip_body_registry registry = {.types = mine, .base = &sip_body_registry_all};

static sip_msg *message(const sip_allocator *allocator, const char *type, const char *body)
{
    char text[500];
    sip_msg *msg = NULL;

    snprintf(text, sizeof text, "MESSAGE sip:a@b SIP/2.0\r\n%s\r\n\r\n%s", type, body);
    assert_int_equal(sip_msg_parse(allocator, NULL, sip_str_of(text), NULL, &msg, NULL), 0);
    return msg;
}

static void test_find(void **state)
{
    static const sip_body_registry only_mine = {.types = mine};

    (void)state;
    assert_ptr_equal(sip_body_type_find(NULL, SIP_STR("application/sdp")), &sip_sdp_type);
    assert_ptr_equal(sip_body_type_find(NULL, SIP_STR(" Application / SDP ;a=b")), &sip_sdp_type);
    assert_ptr_equal(sip_body_type_find(NULL, SIP_STR("")), &sip_text_type);
    assert_ptr_equal(sip_body_type_find(NULL, SIP_STR("multipart/signed;boundary=a")),
                     &sip_multipart_signed_type);
    assert_ptr_equal(sip_body_type_find(NULL, SIP_STR("multipart/x-new;boundary=a")),
                     &sip_multipart_mixed_type);
    assert_null(sip_body_type_find(NULL, SIP_STR("application/x-room")));
    assert_null(sip_body_type_find(NULL, SIP_STR("application/sdpx")));
    assert_null(sip_body_type_find(NULL, SIP_STR("application")));
    assert_ptr_equal(sip_body_type_find(&registry, SIP_STR("application/X-Room")), &room_type);
    assert_ptr_equal(sip_body_type_find(&registry, SIP_STR("application/sdp")), &sip_sdp_type);
    assert_null(sip_body_type_find(&only_mine, SIP_STR("application/sdp")));
    assert_null(sip_body_type_find(&only_mine, SIP_STR("multipart/mixed")));
    assert_null(sip_body_type_find(&(sip_body_registry){.types = NULL}, SIP_STR("")));
}

/* Each type is found by its own name, and frees NULL. */
static void test_all(void **state)
{
    size_t n = 0;

    (void)state;
    for (; sip_body_registry_all.types[n] != NULL; n++) {
        const sip_body_type *type = sip_body_registry_all.types[n];
        const sip_body body = {.type = sip_str_of(type->codec.type)};

        assert_ptr_equal(sip_body_type_find(NULL, body.type), type);
        assert_true(sip_body_is(&body, type));
        assert_true((type->parse != NULL) != (type->read != NULL));
        type->free(NULL, NULL);
    }
    assert_int_equal(n, 24);
}

static void test_own_type(void **state)
{
    sip_msg *msg = message(NULL, "Content-Type: application/x-room", "7");
    const sip_body *body = sip_msg_body(msg);
    const sip_body_type *type = NULL;
    const void *object = NULL;
    const struct room *room = sip_body_as(body, &room_type);

    (void)state;
    assert_int_equal(room->floor, 7);
    assert_ptr_equal(sip_body_as(body, &room_type), room);
    assert_int_equal(sip_body_typed(body, &registry, &type, &object), 0);
    assert_ptr_equal(type, &room_type);
    assert_ptr_equal(object, room);
    assert_null(sip_body_as(body, &sip_sdp_type));
    assert_int_equal(sip_body_typed(body, NULL, &type, &object), SIP_EUNSUPPORTED);
    sip_msg_unref(msg);
}

static void test_objects(void **state)
{
    const struct room room = {3};
    const sip_body own = {.codec = &room_type.codec, .object = &room};
    const sip_body bytes = {.type = SIP_STR_INIT("application/x-room"), .data = SIP_STR_INIT("4")};
    const void *object = NULL;
    void *read = NULL;

    (void)state;
    assert_ptr_equal(sip_body_as(&own, &room_type), &room);
    assert_null(sip_body_as(&own, &sip_sdp_type));
    assert_int_equal(sip_body_typed(&own, &registry, NULL, &object), 0);
    assert_ptr_equal(object, &room);
    assert_int_equal(sip_body_typed(&own, NULL, NULL, &object), SIP_EUNSUPPORTED);
    assert_int_equal(sip_body_typed(&bytes, &registry, NULL, &object), SIP_EINVAL);
    assert_null(sip_body_as(&bytes, &room_type));
    assert_int_equal(sip_body_read(NULL, &bytes, &registry, NULL, &read), 0);
    assert_int_equal(((struct room *)read)->floor, 4);
    free_room(NULL, read);
    assert_int_equal(sip_body_read(NULL, &own, &registry, NULL, &read), SIP_EINVAL);
    assert_int_equal(sip_body_read(NULL, NULL, &registry, NULL, &read), SIP_EINVAL);
    assert_int_equal(sip_body_read(NULL, &bytes, &registry, NULL, NULL), SIP_EINVAL);
    assert_int_equal(sip_body_typed(NULL, NULL, NULL, &object), SIP_EINVAL);
    assert_int_equal(sip_body_typed(&bytes, NULL, NULL, NULL), SIP_EINVAL);
    assert_null(sip_body_as(NULL, &room_type));
    assert_null(sip_body_as(&own, NULL));
}

static int read_counted(const char *type, const char *data, const sip_body_registry *counted)
{
    const sip_body body = {.type = sip_str_of(type), .data = sip_str_of(data)};
    void *object = NULL;
    const int err = sip_body_read(NULL, &body, counted, NULL, &object);

    free_room(NULL, object);
    return err;
}

static void test_counts(void **state)
{
    sip_body_counts counts = {0};
    const sip_body_registry counted = {.types = mine, .counts = &counts};

    (void)state;
    assert_int_equal(read_counted("application/x-room", "1", &counted), 0);
    assert_int_equal(read_counted("application/x-room", "x", &counted), SIP_ESYNTAX);
    assert_int_equal(read_counted("application/x-room", "12", &counted), SIP_ETOOBIG);
    assert_int_equal(read_counted("application/sdp", "1", &counted), SIP_EUNSUPPORTED);
    assert_int_equal(counts.read, 1);
    assert_int_equal(counts.malformed, 1);
    assert_int_equal(counts.too_big, 1);
    assert_int_equal(counts.unsupported, 1);
    assert_int_equal(counts.too_many_parts, 0);
}

static void test_encoded(void **state)
{
    sip_msg *msg = message(NULL, "Content-Type: application/x-room\r\nContent-Encoding: gzip", "7");
    const void *object;

    (void)state;
    assert_int_equal(sip_body_typed(sip_msg_body(msg), &registry, NULL, &object), SIP_EUNSUPPORTED);
    sip_msg_unref(msg);
    msg = message(NULL, "Content-Type: application/x-room\r\nContent-Encoding: Identity", "7");
    assert_int_equal(sip_body_typed(sip_msg_body(msg), &registry, NULL, &object), 0);
    sip_msg_unref(msg);
}

/* A part of a message is kept with it too. */
static void test_part(void **state)
{
    sip_msg *msg = message(NULL, "Content-Type: multipart/mixed;boundary=b",
                           "--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/sdp\r\n\r\n"
                           "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n\r\n--b--\r\n");
    const sip_multipart *all = sip_body_as(sip_msg_body(msg), &sip_multipart_mixed_type);
    const sip_part *part = sip_multipart_find_type(all, &sip_sdp_type);
    const sip_sdp *sdp = sip_body_as(&part->body, &sip_sdp_type);
    const sip_text *text = sip_body_as(&all->parts[0].body, &sip_text_type);

    (void)state;
    assert_ptr_equal(sip_body_msg(&part->body), msg);
    assert_str(sdp->origin_address, "192.0.2.1");
    assert_ptr_equal(sip_body_as(&part->body, &sip_sdp_type), sdp);
    assert_str(text->text, "hi");
    sip_msg_unref(msg);
}

/* What may be freed before the message does not get anything kept with the message, which would
 * point into it. */
static void test_part_of_own(void **state)
{
    sip_msg *msg = message(NULL, "Content-Type: multipart/mixed;boundary=b",
                           "--b\r\nContent-Transfer-Encoding: base64\r\n\r\naGk=\r\n--b--\r\n");
    sip_multipart *read = NULL;
    void *object = NULL;
    const void *kept = NULL;

    (void)state;
    assert_int_equal(sip_multipart_read(NULL, sip_msg_body(msg), NULL, &read), 0);
    assert_str(read->parts[0].body.data, "hi");
    assert_null(sip_body_msg(&read->parts[0].body));
    assert_int_equal(sip_body_typed(&read->parts[0].body, NULL, NULL, &kept), SIP_EINVAL);
    assert_null(sip_body_as(&read->parts[0].body, &sip_text_type));
    assert_int_equal(sip_body_read(NULL, &read->parts[0].body, NULL, NULL, &object), 0);
    assert_str(((const sip_text *)object)->text, "hi");
    sip_text_free(NULL, object);
    sip_multipart_free(NULL, read);
    assert_int_equal(sip_body_read(NULL, sip_msg_body(msg), NULL, NULL, &object), 0);
    assert_null(sip_body_msg(&((const sip_multipart *)object)->parts[0].body));
    sip_multipart_free(NULL, object);
    sip_msg_unref(msg);
}

/* XML is read into memory of its own, which goes with the message. */
static void test_document(void **state)
{
    sip_msg *msg = message(NULL, "Content-Type: application/im-iscomposing+xml",
                           "<isComposing xmlns='urn:ietf:params:xml:ns:im-iscomposing'>"
                           "<state>active</state></isComposing>");
    const sip_iscomposing *composing = sip_body_as(sip_msg_body(msg), &sip_iscomposing_type);

    (void)state;
    assert_int_equal(composing->state, SIP_ISCOMPOSING_ACTIVE);
    sip_msg_unref(msg);
}

static void test_without_memory(void **state)
{
    fail_alloc fail;
    size_t n = 1;

    (void)state;
    do {
        sip_msg *msg;
        const void *object = NULL;
        int err;

        fail_alloc_init(&fail, ++n);
        msg = message(&fail.allocator, "Content-Type: application/x-room", "7");
        err = sip_body_typed(sip_msg_body(msg), &registry, NULL, &object);
        assert_int_equal(err, fail.failed ? SIP_ENOMEM : 0);
        assert_true((err == 0) == (object != NULL));
        sip_msg_unref(msg);
        assert_int_equal(fail.live, 0);
    } while (fail.failed);
    assert_int_equal(n, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_find),     cmocka_unit_test(test_all),
        cmocka_unit_test(test_own_type), cmocka_unit_test(test_objects),
        cmocka_unit_test(test_counts),   cmocka_unit_test(test_encoded),
        cmocka_unit_test(test_part),     cmocka_unit_test(test_part_of_own),
        cmocka_unit_test(test_document), cmocka_unit_test(test_without_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
