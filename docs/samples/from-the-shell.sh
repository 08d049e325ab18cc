npm run -s token -- --user teacher-1
npm run -s publish-notification -- --user teacher-1 --event batch_results_ready
