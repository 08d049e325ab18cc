redis-cli PUBLISH ws:teacher-1 '{"event":"class_created","data":{"class_designation":"9B"}}'
