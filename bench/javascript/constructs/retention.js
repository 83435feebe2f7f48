const ALLOWED = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 2192, 2557];

// The values of logs.RetentionDays are the days themselves.
module.exports = { retention: (days) => ALLOWED.find((allowed) => allowed >= days) };
