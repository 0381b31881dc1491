using Engine.Pipeline.CursorPath;
using Engine.Pipeline.CursorPath.Geometry;
using Models.Training.Data;

namespace Models.Training.Paths;

/// <summary>The composition of the training rows.</summary>
/// <param name="PeopleRounds">The number of times that each person's path is recorded again.</param>
/// <param name="FewRounds">The same for sources with fewer than 2,000 paths of people.</param>
/// <param name="PerFamily">The number of rows per family of programs.</param>
/// <param name="PacedShare">The share of all rows, people's and programs' alike, at another pace, because tasks that
/// aren't in the recordings take other times.</param>
public sealed record CorpusSettings(
    int PeopleRounds = 2,
    int FewRounds = 12,
    int PerFamily = 1500,
    double PacedShare = 0
);

/// <summary>Creates training rows: paths of people and programs, cut out of longer ones and chained with pauses (so
/// that the task doesn't reveal the label), each seen through its own simulated recorder. A row's randomness depends
/// only on the seed, its path and its round.</summary>
public sealed class Corpus(CorpusSettings settings, int seed)
{
    private const double RawShare = 0.35;

    /// <summary>The share of an adversary's raw paths that are sampled at the program's own events, as a page records
    /// what a script dispatches.</summary>
    private const double OwnEventsShare = 0.5;

    /// <summary>The share of an adversary's raw paths that a page records of a browser driven by a program.</summary>
    private const double BrowserShare = 0.4;

    /// <summary>The share of raw paths whose times are written as another recorder would: rounded to whole
    /// milliseconds, or with a fraction.</summary>
    private const double RetimedShare = 0.5;

    /// <summary>The range of factors, log-uniform, by which a paced row's time is multiplied.</summary>
    private const double MinPace = 0.6,
        MaxPace = 4;

    /// <summary>Adds rows of people, with kind "people/source" and the person as group.</summary>
    public void AddPeople(Rows rows, IReadOnlyList<PathRecord> people)
    {
        foreach (var source in people.GroupBy(p => p.Source))
        {
            PathRecord[] paths = [.. source];
            var byGroup = paths.GroupBy(p => p.Group).ToDictionary(g => g.Key, g => g.ToArray());
            int rounds = paths.Length < 2000 ? settings.FewRounds : settings.PeopleRounds;
            AddAll(rows, paths.Length * rounds, i =>
            {
                PathRecord path = paths[i % paths.Length];
                var random = new Random(Mix(path.Id, i / paths.Length));
                bool raw = random.Is(RawShare);
                Motion motion = Vary(
                    Motion.Of(path.T, path.X, path.Y),
                    () => Of(random.Of(byGroup[path.Group])),
                    random,
                    raw
                );
                return (Seen(motion, random, raw), false, "people/" + path.Source, path.Group);
            });
        }
    }

    /// <summary>Adds rows of programs recorded by others, with the family as kind.</summary>
    public void AddPrograms(Rows rows, IReadOnlyList<PathRecord> programs)
    {
        foreach (var family in programs.GroupBy(p => p.Family))
        {
            PathRecord[] paths = [.. family];
            AddAll(rows, settings.PerFamily, i =>
            {
                PathRecord path = paths[i % paths.Length];
                var random = new Random(Mix(path.Id, i / paths.Length));
                bool raw = random.Is(RawShare);
                Motion motion = Vary(Motion.Of(path.T, path.X, path.Y), () => Of(random.Of(paths)), random, raw);
                return (Seen(motion, random, raw), true, path.Family, path.Group);
            });
        }
    }

    /// <summary>Adds rows of our own adversaries, with the family as kind.</summary>
    public void AddAdversaries(Rows rows, People people, Func<string, bool> wanted)
    {
        foreach (var (family, make) in Adversaries.All.Where(a => wanted(a.Family)))
        {
            AddAll(rows, settings.PerFamily, i =>
            {
                var random = new Random(Mix(family, i));
                bool raw = random.Is(RawShare),
                    browser = raw && random.Is(BrowserShare),
                    own = raw && random.Is(OwnEventsShare);
                Motion Made()
                {
                    Motion moved = make(random, people);
                    return browser ? BrowserFrames.Record(moved, random)
                        : own ? Whole(moved)
                        : FirstSeen(moved, random);
                }

                return (Seen(Vary(Made(), Made, random, raw), random, raw), true, family, family + i);
            });
        }
    }

    /// <summary>Creates rows of unchanged paths, with kind "people/source" for people and the family for
    /// programs.</summary>
    public static Rows AsRecorded(IReadOnlyList<PathRecord> paths)
    {
        var rows = new Rows(PathFeatures.Count);
        AddAll(rows, paths.Count, i =>
            (
                (paths[i].T, paths[i].X, paths[i].Y),
                paths[i].Program,
                paths[i].Program ? paths[i].Family : "people/" + paths[i].Source,
                paths[i].Group
            )
        );
        return rows;
    }

    /// <summary>Generates adversaries' paths as a page would record them at their own events, for evaluation.</summary>
    public List<PathRecord> Noted(People people, int perFamily, Func<string, bool> wanted)
    {
        var paths = new List<PathRecord>();
        foreach (var (family, make) in Adversaries.All.Where(a => wanted(a.Family)))
        {
            for (int i = 0; i < perFamily; i++)
            {
                var random = new Random(Mix("noted " + family, i));
                Motion m = Whole(make(random, people));
                paths.Add(
                    new PathRecord(
                        $"{family}-{i}",
                        "own",
                        family + i,
                        true,
                        family,
                        Floats(m.T),
                        Floats(m.X),
                        Floats(m.Y)
                    )
                );
            }
        }

        return paths;
    }

    private static Motion Of(PathRecord path) => Motion.Of(path.T, path.X, path.Y);

    /// <summary>Simulates a first recorder. People's paths have passed through one before ours; if programs' hadn't,
    /// that difference would reveal the label.</summary>
    private static Motion FirstSeen(Motion motion, Random random)
    {
        var recorder = new Recorder(
            random.Even(6, 18),
            random.Of<double>([0.02, 0.1, 0.3]),
            random.Of<double>([1, 1, 8, 16]),
            0,
            1,
            1,
            false
        );
        var (t, x, y) = recorder.Record(motion, random);
        return Motion.Of(t, x, y);
    }

    /// <summary>Rounds a program's motion at its own events to whole milliseconds and pixels.</summary>
    private static Motion Whole(Motion motion)
    {
        var whole = new Motion();
        for (int i = 0; i < motion.Count; i++)
        {
            whole.Add(Math.Round(motion.T[i]), Math.Round(motion.X[i]), Math.Round(motion.Y[i]));
        }

        return whole;
    }

    /// <summary>Plays a motion at another pace; a raw one in whole milliseconds.</summary>
    private static Motion Paced(Motion motion, double times, bool raw)
    {
        var paced = new Motion();
        for (int i = 0; i < motion.Count; i++)
        {
            double t = times * (motion.T[i] - motion.T[0]);
            paced.Add(raw ? Math.Round(t) : t, motion.X[i], motion.Y[i]);
        }

        return paced;
    }

    /// <summary>Writes times as another recorder would: in whole milliseconds, or with a fraction where they had
    /// none.</summary>
    private static Motion Retimed(Motion motion, Random random)
    {
        bool whole = random.Is(0.6),
            hadFractions = motion.T.Exists(t => t != Math.Round(t));
        var retimed = new Motion();
        for (int i = 0; i < motion.Count; i++)
        {
            double t = motion.T[i];
            t =
                whole ? Math.Round(t)
                : hadFractions || i == 0 ? t
                : Math.Round(t + random.Even(-0.5, 0.5), 1);
            retimed.Add(i == 0 ? t : Math.Max(retimed.T[^1], t), motion.X[i], motion.Y[i]);
        }

        return retimed;
    }

    private static float[] Floats(List<double> values) => [.. values.Take(PathScratch.MaxPoints).Select(v => (float)v)];

    /// <summary>Returns a cut of a longer path, two paths chained with a pause, or the whole path.</summary>
    private static Motion Vary(Motion motion, Func<Motion> another, Random random, bool raw)
    {
        if (!raw && random.Is(0.08))
        {
            motion.Chain(another(), random.LogEven(20, 700));
        }

        double start = motion.T[0],
            whole = motion.T[^1] - start;
        if (whole > 6000 || (!raw && whole > 500 && random.Is(0.2)))
        {
            double length = Math.Min(whole, random.LogEven(300, 6000)),
                from = start + (random.NextDouble() * (whole - length));
            Motion part = motion.Cut(from, from + length);
            return part.Count >= 5 ? part : motion;
        }

        return motion;
    }

    private (float[] T, float[] X, float[] Y) Seen(Motion motion, Random random, bool raw)
    {
        if (settings.PacedShare > 0 && random.Is(settings.PacedShare))
        {
            motion = Paced(motion, random.LogEven(MinPace, MaxPace), raw);
        }

        if (raw && random.Is(RetimedShare))
        {
            motion = Retimed(motion, random);
        }

        Recorder recorder = Recorder.Any(random);
        return raw
            ? (Floats(motion.T), Floats(motion.X), Floats(motion.Y))
            : recorder.Record(recorder.Interval < Recorder.Fast ? motion.Smooth() : motion, random);
    }

    /// <summary>Creates rows on all cores, in a fixed order. Paths with too little movement give none.</summary>
    private static void AddAll(
        Rows rows,
        int count,
        Func<int, ((float[] T, float[] X, float[] Y) Path, bool Program, string Kind, string Group)> make
    )
    {
        var made = new (float[]? Features, bool Program, string Kind, string Group)[count];
        Parallel.For(
            0,
            count,
            () => new PathScratch(),
            (i, _, scratch) =>
            {
                var (path, program, kind, group) = make(i);
                var features = new float[PathFeatures.Count];
                bool has = PathFeatures.Compute(path.T, path.X, path.Y, features, scratch);
                made[i] = (has ? features : null, program, kind, group);
                return scratch;
            },
            _ => { }
        );
        foreach (var (features, program, kind, group) in made)
        {
            if (features is not null)
            {
                rows.Add(features, program, 1, kind, group);
            }
        }
    }

    private int Mix(string text, int round)
    {
        // FNV-1a: string.GetHashCode differs between runs
        uint hash = 2166136261u ^ (uint)seed;
        foreach (char c in text)
        {
            hash = (hash ^ c) * 16777619u;
        }

        return (int)(((hash ^ (uint)round) * 2654435761u) >> 1);
    }
}
