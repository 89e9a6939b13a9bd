using System.Diagnostics;
using AcquireInfra.Enrichment.Exports;
using AcquireInfra.Enrichment.Service.Hosting;
using AcquireInfra.Enrichment.Verdicts;
using Microsoft.Extensions.Options;

namespace AcquireInfra.Enrichment.Service.Exporting;

/// <summary>
/// The exports of the live snapshot, in <c>exports/</c> of the state folder: each made when it is first asked for, one at a time, and kept
/// until there is another snapshot or policy. What an earlier process made is not trusted: its rules may have been others.
/// </summary>
internal sealed class ExportFiles(JudgeProvider judges, IOptions<EnrichmentOptions> options, ILogger<ExportFiles> logger) : IDisposable
{
    const int Attempts = 3;

    readonly string _folder = Path.Combine(Path.GetFullPath(options.Value.StateFolder), "exports");
    readonly SemaphoreSlim _making = new(1, 1);
    Made? _made;

    sealed record Made(Judge Judge, IReadOnlyDictionary<SnapshotExport, ExportFile> Files);

    /// <summary>Opens an export, which is made before if it has to be.</summary>
    /// <returns>Null where there is no snapshot.</returns>
    /// <exception cref="IOException">The state folder cannot be written.</exception>
    public async Task<(ExportFile File, FileStream Content)?> OpenAsync(SnapshotExport export, bool isGzip, CancellationToken cancelled)
    {
        ExportFile? gone = null;
        for (var attempt = 1; ; attempt++)
        {
            if (judges.Current is not { } judge)
            {
                return null;
            }
            var file = KnownOf(export, judge) is { } known && !ReferenceEquals(known, gone) ? known : await MakeAsync(export, judge, gone, cancelled);
            try
            {
                return (file, file.Open(isGzip));
            }
            catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException && attempt < Attempts)
            {
                gone = file; // a newer one has taken its place, or someone has cleared the folder
            }
        }
    }

    /// <summary>An address list with a filter of the caller's.</summary>
    public Task<byte[]> ListAsync(Judge judge, AddressListFilter filter, CancellationToken cancelled) => OneAtATimeAsync(
        () =>
        {
            using var list = new MemoryStream();
            AddressList.Write(JudgeOf(judge), filter, list);
            return list.ToArray();
        },
        cancelled);

    public void Dispose() => _making.Dispose();

    ExportFile? KnownOf(SnapshotExport export, Judge judge) =>
        Volatile.Read(ref _made) is { } made && made.Judge.IsExportOf(judge) ? made.Files.GetValueOrDefault(export) : null;

    Task<ExportFile> MakeAsync(SnapshotExport export, Judge judge, ExportFile? gone, CancellationToken cancelled) => OneAtATimeAsync(
        () => KnownOf(export, judge) is { } other && !ReferenceEquals(other, gone) ? other : Make(export, JudgeOf(judge)), // made while this one waited
        cancelled);

    // Whoever waits may give up; what has begun goes on, for the others who wait.
    async Task<T> OneAtATimeAsync<T>(Func<T> make, CancellationToken cancelled)
    {
        await _making.WaitAsync(cancelled);
        try
        {
            return await Task.Run(make, CancellationToken.None);
        }
        finally
        {
            _making.Release();
        }
    }

    // The judge of an export knows the verdicts of a whole walk: all exports share it.
    Judge JudgeOf(Judge judge)
    {
        if (_made?.Judge.IsExportOf(judge) != true)
        {
            Volatile.Write(ref _made, new(judge.ForExport(), new Dictionary<SnapshotExport, ExportFile>()));
        }
        return _made!.Judge;
    }

    ExportFile Make(SnapshotExport export, Judge judge)
    {
        var began = Stopwatch.GetTimestamp();
        Directory.CreateDirectory(_folder);
        RemoveOthers();
        var file = ExportFile.Make(export, judge, _folder);
        Volatile.Write(ref _made, new(judge, new Dictionary<SnapshotExport, ExportFile>(_made!.Files) { [export] = file }));
        var (milliseconds, bytes) = (Stopwatch.GetElapsedTime(began).TotalMilliseconds, new FileInfo(file.Path).Length);
        Log.ExportMade(logger, export.FileName, judge.Snapshot.Id, bytes, milliseconds);
        return file;
    }

    // Who is still sending one of them has it open, and reads on.
    void RemoveOthers()
    {
        var kept = _made!.Files.Values.SelectMany(file => (string[])[file.Path, file.GzipPath]).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.GetFiles(_folder).Where(path => !kept.Contains(path)))
        {
            File.Delete(path);
        }
    }
}
