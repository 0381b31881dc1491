using Engine.Pipeline.CursorPath;
using Models.Scoring;
using Models.Training.Data;
using Models.Training.Learning;
using Models.Training.Paths;
using System.Diagnostics;

var dir = args[0];
PathRecord[] Load(string n) => [.. PathFile.Read(Path.Combine(dir, n + ".jsonl.gz"))];
var sw = Stopwatch.StartNew();
var sapi = Load("sapimouse"); var delbot = Load("delbot"); var gen = Load("generated"); var bala = Load("balabit"); var bdc = Load("bdc2017");
var people = sapi.Concat(delbot.Where(p => !p.Program)).ToArray();
var programs = delbot.Where(p => p.Program).Concat(gen).ToArray();
Console.WriteLine($"loaded {sw.Elapsed.TotalSeconds:F1}");
var corpus = new Corpus(new CorpusSettings(int.Parse(args[1]), 12, int.Parse(args[2])), 1);
int Fold(string g, int k) { uint h = 2166136261; foreach (char c in g) h = (h ^ c) * 16777619; return (int)((h >> 8) % (uint)k); }
var rows = new Rows(PathFeatures.Count);
corpus.AddPeople(rows, people);
corpus.AddPrograms(rows, programs);
corpus.AddAdversaries(rows, new People(people), _ => true);
Console.WriteLine($"rows {rows.Count} {rows.Positive.Count(p => p)} {sw.Elapsed.TotalSeconds:F1}");
Rows Raw(IEnumerable<PathRecord> ps) { var r = new Rows(PathFeatures.Count); var s = new PathScratch(); foreach (var p in ps) { var f = new float[PathFeatures.Count]; bool ok = PathFeatures.Compute(p.T, p.X, p.Y, f, s); if (ok) r.Add(f, p.Program, 1, p.Program ? p.Family : "people/" + p.Source, p.Group); } return r; }
double[] Score(Forest f, Rows r) => [.. Enumerable.Range(0, r.Count).Select(i => (double)f.Score(r[i]))];
var families = rows.Kind.Distinct().Where(k => !k.StartsWith("people/")).ToArray();
const int K = 3;
var foldOf = families.Select((f, i) => (f, i: i % K)).ToDictionary(p => p.f, p => p.i);
var noted = Corpus.AsRecorded([.. corpus.Noted(new People(people), 500, _ => true), .. programs, .. people]);
var noisy = Corpus.AsRecorded(bala);
var rb = Raw(bala); var rd = Raw(bdc);
var oofPeople = new List<double>(); var lines = new List<(string f, double auc, double r1, List<double> s)>();
var set = new BoostingSettings(int.Parse(args[3]), int.Parse(args[4]), double.Parse(args[5]), int.Parse(args[6]));
var rawOwn = Raw(people.Concat(programs));
for (int k = 0; k < K; k++)
{
    var train = rows.Where(i => rows.Positive[i] ? foldOf[rows.Kind[i]] != k : Fold(rows.Group[i], K) != k);
    for (int i = 0; i < train.Count; i++) if (!train.Positive[i]) train.Weight[i] = float.Parse(args[7]);
    var forest = Boosting.Train(train, set, 1);
    var pe = Score(forest, rows.Where(i => !rows.Positive[i] && Fold(rows.Group[i], K) == k));
    oofPeople.AddRange(pe);
    var ps = Score(forest, noted.Where(i => noted.Kind[i] == "people/sapimouse" && Fold(noted.Group[i], K) == k));
    var pb = Score(forest, rb);
    foreach (var f in families.Where(f => foldOf[f] == k))
    {
        var s = Score(forest, noted.Where(i => noted.Kind[i] == f));
        lines.Add((f, Curves.Auc(ps, s), Curves.Auc(pb, s), [.. s]));
    }
    Console.WriteLine($"fold {k} {sw.Elapsed.TotalSeconds:F1}");
}
var cuts = new[] { .005, .002, .001, .0005 }.Select(q => Curves.CutOff(oofPeople, q)).ToArray();
foreach (var l in lines.OrderBy(l => l.auc)) Console.WriteLine($"{l.f,-22} AUC {l.auc:F4} bal {l.r1:F4} at cuts {string.Join(" ", cuts.Select(c => Curves.Over(l.s, c).ToString("F3")))}");
Console.WriteLine($"median AUC {lines.Select(l => l.auc).Order().ElementAt(lines.Count / 2):F4} median R1 {lines.Select(l => l.r1).Order().ElementAt(lines.Count / 2):F3} cuts {string.Join(" ", cuts.Select(c => c.ToString("F2")))}");
for (int i = 0; i < rows.Count; i++) if (!rows.Positive[i]) rows.Weight[i] = float.Parse(args[7]);
var all = Boosting.Train(rows, set, 1);
Console.WriteLine($"all {sw.Elapsed.TotalSeconds:F1}");
var sb = Score(all, rb); var hs = Score(all, rd.Where(i => !rd.Positive[i])); var bs = Score(all, rd.Where(i => rd.Positive[i]));
Console.WriteLine($"balabit called programs {string.Join(" ", cuts.Select(c => (100 * Curves.Over(sb, c)).ToString("F2")))} %");
Console.WriteLine($"bdc people called programs {string.Join(" ", cuts.Select(c => (100 * Curves.Over(hs, c)).ToString("F2")))} %  bdc AUC {Curves.Auc(hs, bs):F3} found {string.Join(" ", cuts.Select(c => Curves.Over(bs, c).ToString("F3")))}");
Console.WriteLine($"cut for balabit .5 %: {Curves.CutOff(sb, .005):F2}; bdc 1.5 %: {Curves.CutOff(hs, .015):F2}");
foreach (var l in lines) { }
var gain = new double[PathFeatures.Count];
foreach (var t in all.Trees) for (int i = 0; i < t.Nodes; i++) { double v(int c) => c >= 0 ? t.NodeValue[c] : t.LeafValue[~c]; gain[t.Feature[i]] += Math.Abs(v(t.Left[i]) - v(t.Right[i])); }
Console.WriteLine(string.Join(", ", gain.Select((g, i) => (g, i)).OrderByDescending(p => p.g).Take(25).Select(p => PathFeatures.Names[p.i] + " " + p.g.ToString("F1"))));
return 0;
