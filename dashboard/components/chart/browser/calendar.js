// Dates of the two calendars of Scanward, from days since 1970: Gregorian, and Solar Hijri by its rule of 33 years.

const DAY = 86400000;
const LEAP = new Set([1, 5, 9, 13, 17, 22, 26, 30]); // of 33 years, as core/time/calendars.py counts them
const BEGIN = { year: 1343, day: -2112 }; // 21 March 1964, in days since 1970
const CYCLE = 33 * 365 + LEAP.size; // days

const isLeap = (year) => LEAP.has(((year % 33) + 33) % 33);

// Days since 1970 of the first of Hamal.
function newYear(year) {
  const cycles = Math.floor((year - BEGIN.year) / 33);
  let day = BEGIN.day + cycles * CYCLE;
  for (let each = BEGIN.year + cycles * 33; each < year; each += 1) day += isLeap(each) ? 366 : 365;
  return day;
}

const daysBefore = (month) => (month <= 6 ? month * 31 : 186 + (month - 6) * 30);

// Year, month from 0 and day of what a clock shows, which is in ms as if it were UTC.
export function dateOf(wall, calendar) {
  const date = new Date(wall);
  if (calendar !== "solar") {
    return { year: date.getUTCFullYear(), month: date.getUTCMonth(), day: date.getUTCDate() };
  }
  const days = Math.floor(wall / DAY);
  let year = date.getUTCFullYear() - 621;
  if (days < newYear(year)) year -= 1;
  const past = days - newYear(year);
  const month = past < 186 ? Math.floor(past / 31) : 6 + Math.floor((past - 186) / 30);
  return { year, month, day: past - daysBefore(month) + 1 };
}

// What a clock shows at the beginning of a month that is so many months after the year 0.
export function monthBegin(months, calendar) {
  const [year, month] = [Math.floor(months / 12), months % 12];
  return calendar === "solar" ? (newYear(year) + daysBefore(month)) * DAY : Date.UTC(year, month);
}
