/* The allocator that expat works with. */
#ifndef SIP_BODY_XML_ALLOC_H
#define SIP_BODY_XML_ALLOC_H

#include <expat.h>

#include <sip/base.h>

/* What the parsers of this thread work with. */
typedef struct sip__xml_heap {
    const sip_allocator *allocator;
    size_t left_bytes; /* what may still be allocated: a document of a few bytes can want a lot */
    bool is_over;      /* it wanted more than that */
    bool is_exhausted; /* it had no memory; expat tells other reasons at times */
} sip__xml_heap;

/* From here on this thread's parsers allocate from `heap`; returns what they did before. */
sip__xml_heap *sip__xml_alloc_enter(sip__xml_heap *heap);
/* Back to `before`. A parser is created, used and freed between the two. */
void sip__xml_alloc_leave(sip__xml_heap *before);
/* What expat wants: to be handed to XML_ParserCreate_MM(). */
const XML_Memory_Handling_Suite *sip__xml_alloc_suite(void);

#endif
