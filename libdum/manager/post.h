/* dum_manager_post(): the door for other threads. */
#ifndef DUM_POST_H
#define DUM_POST_H

#include "core/context.h"

/** Free what was posted and never ran. */
void dum__post_finish(dum_manager *dum);

#endif
