/** Amazon's SDK for JavaScript, version 3, with the defaults it has today: `node test/clients/aws-sdk-js/main.mjs`. */

import "./buckets.mjs";
import "./objects.mjs";
import "./multipart.mjs";
import "./presign.mjs";
import "./settings.mjs";
