#include "message/msg_block.h"

#include "message/msg_internal.h"

/* What a block knows until it is a message. */
struct sip_msg_block {
    const sip_allocator *allocator;
    size_t block_bytes;
};

_Static_assert(sizeof(struct sip_msg_block) <= sizeof(sip_msg), "a block begins with its head");

sip_msg_block *sip__msg_block_create(const sip_allocator *allocator, size_t max_bytes)
{
    size_t block_bytes = sip__msg_block_size(SIP__MSG_BLOCK_LINES, max_bytes, SIP__MSG_ROOM_BYTES);
    sip_msg_block *block;

    if (allocator == NULL) {
        allocator = sip_allocator_default();
    }
    block = sip_alloc(allocator, block_bytes);
    if (block != NULL) {
        block->allocator = allocator;
        block->block_bytes = block_bytes;
    }
    return block;
}

void sip__msg_block_destroy(sip_msg_block *block)
{
    if (block != NULL) {
        sip_free(block->allocator, block);
    }
}

char *sip__msg_block_bytes(sip_msg_block *block)
{
    return (char *)block + sip__msg_block_size(SIP__MSG_BLOCK_LINES, 0, 0);
}

int sip__msg_adopt(sip_msg_block *block, const sip_msg_limits *limits, sip_str bytes,
                   const sip_path *source, bool *ret_taken, sip_msg **ret_msg,
                   sip_parse_error *reterr)
{
    const sip_msg_block before = *block;
    sip_msg *placed =
        sip__msg_init(block, before.block_bytes, before.allocator, SIP__MSG_BLOCK_LINES);
    sip_msg *msg = NULL;
    int rc = sip__msg_parse_placed(placed, limits, bytes, source, &msg, reterr);

    *ret_taken = msg == placed;
    if (!*ret_taken) {
        *block = before;
    }
    if (rc == 0) {
        *ret_msg = msg;
    }
    return rc;
}
