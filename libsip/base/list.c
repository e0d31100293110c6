#include <sip/containers.h>

void sip_list_init(sip_list *node)
{
    node->next = node;
    node->prev = node;
}

bool sip_list_is_empty(const sip_list *head)
{
    return head->next == head;
}

void sip_list_append(sip_list *head, sip_list *node)
{
    node->next = head;
    node->prev = head->prev;
    head->prev->next = node;
    head->prev = node;
}

void sip_list_remove(sip_list *node)
{
    node->prev->next = node->next;
    node->next->prev = node->prev;
    sip_list_init(node);
}
