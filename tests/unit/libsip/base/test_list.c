#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sip/containers.h>

typedef struct item {
    int number;
    sip_list link;
} item;

static void order_is_that_of_appending(void **state)
{
    item items[3] = {{.number = 0}, {.number = 1}, {.number = 2}};
    sip_list head;
    int next = 0;

    (void)state;
    sip_list_init(&head);
    assert_true(sip_list_is_empty(&head));
    for (size_t i = 0; i < 3; i++) {
        sip_list_append(&head, &items[i].link);
    }
    assert_false(sip_list_is_empty(&head));
    for (const sip_list *at = head.next; at != &head; at = at->next) {
        assert_int_equal(SIP_CONTAINER_OF(at, item, link)->number, next++);
        assert_ptr_equal(at->next->prev, at);
    }
    assert_int_equal(next, 3);
}

static void a_removed_node_can_be_removed_again_or_appended(void **state)
{
    item a, b;
    sip_list head;

    (void)state;
    sip_list_init(&head);
    sip_list_init(&a.link);
    sip_list_append(&head, &a.link);
    sip_list_append(&head, &b.link);
    sip_list_remove(&a.link);
    sip_list_remove(&a.link);
    assert_true(sip_list_is_empty(&a.link));
    assert_ptr_equal(head.next, &b.link);
    assert_ptr_equal(head.prev, &b.link);
    sip_list_append(&head, &a.link);
    assert_ptr_equal(head.prev, &a.link);
    sip_list_remove(&b.link);
    sip_list_remove(&a.link);
    assert_true(sip_list_is_empty(&head));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_that_of_appending),
        cmocka_unit_test(a_removed_node_can_be_removed_again_or_appended),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
