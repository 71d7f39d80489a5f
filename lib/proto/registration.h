/* lib/proto/registration.h - what a FENCE_REGISTER message wants.  Layer 4. */
#ifndef COX_PROTO_REGISTRATION_H
#define COX_PROTO_REGISTRATION_H

enum cox_registration {
    COX_REGISTRATION_ADD_DEVICE = 0, /**< in place of the one of that name that was added before */
    COX_REGISTRATION_REMOVE_DEVICE,
    COX_REGISTRATION_ADD_LEVEL,      /**< in place of the one of that target and number that was added before */
    COX_REGISTRATION_REMOVE_LEVEL,   /**< level 0: all of the target */
};

#endif
